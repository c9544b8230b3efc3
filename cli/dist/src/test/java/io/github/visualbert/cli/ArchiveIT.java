package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive that users download, unpacked into a folder whose name has a space, and the program
 * called by its name from elsewhere, through a link on the {@code PATH}.
 */
@DisabledOnOs(OS.WINDOWS)
class ArchiveIT {
  private static final String ARCHIVE = System.getProperty("visualbert.archive");

  @TempDir private Path folder;
  private Path home;
  private Path links;

  @BeforeEach
  void install() throws IOException {
    Path programs = Files.createDirectories(folder.resolve("my programs"));
    Program.Result unpacked =
        Program.run(
            Path.of("/bin/sh"),
            Map.of(),
            "-c",
            "exec tar -x -z -f \"$0\" -C \"$1\"",
            ARCHIVE + ".tar.gz",
            programs.toString());
    assertThat(unpacked.exitCode()).as(unpacked.err()).isZero();
    try (Stream<Path> entries = Files.list(programs)) {
      home = entries.findFirst().orElseThrow();
    }
    links = Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(links.resolve("visualbert"), home.resolve("bin/visualbert"));
  }

  private Program.Result visualbert(String arguments) {
    String script = "cd \"$0\" && PATH=\"$1:$PATH\" && exec visualbert " + arguments;
    return Program.run(
        Path.of("/bin/sh"),
        Map.of(),
        "-c",
        script,
        home.resolve("pictures").toString(),
        links.toString());
  }

  @Test
  void answersFromAnyFolder() {
    Program.Result result =
        visualbert(
            "run --task vqa --image scene-1.png --question 'what is the colour of the ring?'");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("scene-1.png: what is").contains("blue");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void saysItsVersion() {
    Program.Result result = visualbert("--version");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("visualbert ");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void theZipHoldsTheSame() throws IOException {
    List<String> files;
    try (Stream<Path> unpacked = Files.walk(home)) {
      files =
          unpacked
              .filter(Files::isRegularFile)
              .map(file -> home.getParent().relativize(file).toString())
              .toList();
    }
    assertThat(files)
        .anyMatch(file -> file.endsWith("/bin/visualbert.cmd"))
        .anyMatch(file -> file.endsWith("/lib/visualbert-cli.jar"))
        .anyMatch(file -> file.endsWith("/share/man/man1/visualbert.1"))
        .anyMatch(file -> file.endsWith("/share/bash-completion/completions/visualbert"))
        .anyMatch(file -> file.endsWith("/share/zsh/site-functions/_visualbert"))
        .anyMatch(file -> file.endsWith("/share/systemd/visualbert.service"))
        .anyMatch(file -> file.endsWith("/share/container/Containerfile"))
        .anyMatch(file -> file.contains("/lib/serve/jetty-server-"))
        .noneMatch(file -> file.endsWith(".aot")); // fits the Java of one machine only
    try (ZipFile zip = new ZipFile(ARCHIVE + ".zip")) {
      assertThat(zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName))
          .containsExactlyInAnyOrderElementsOf(files);
    }
  }
}
