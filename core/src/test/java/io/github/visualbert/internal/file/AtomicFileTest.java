package io.github.visualbert.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path folder;

  private static void write(AtomicFile output, String text) throws IOException {
    try (output) {
      Files.writeString(output.unfinished(), text);
      output.commit();
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void appearsWholeOrNotAtAll() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    try (AtomicFile output = AtomicFile.of(target)) {
      Files.writeString(output.unfinished(), "ne");
      assertThat(target).hasContent("old");
    }
    assertThat(target).hasContent("old");
    write(AtomicFile.of(target), "new");
    assertThat(target).hasContent("new");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void followsLinks() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a"));
    Path chain = Files.createSymbolicLink(folder.resolve("chain"), Path.of("link"));
    write(AtomicFile.of(chain), "new");
    assertThat(target).hasContent("new");
    assertThat(chain).isSymbolicLink();
    assertThat(link).isSymbolicLink();
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("b"));
    write(AtomicFile.of(dangling), "made");
    assertThat(dangling).isSymbolicLink();
    assertThat(folder.resolve("b")).hasContent("made");
  }

  @Test
  void replacesALinkWhenAsked() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a"));
    write(AtomicFile.replacing(link), "new");
    assertThat(target).hasContent("old");
    assertThat(link).isRegularFile().hasContent("new");
    assertThat(Files.isSymbolicLink(link)).isFalse();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void keepsTheMode() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    for (String mode : List.of("rw-------", "rwxr-x--x")) {
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(mode));
      write(AtomicFile.of(target), "new");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
          .isEqualTo(mode);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void writesToDevicesAsTheyAre() throws IOException {
    Path device = Path.of("/dev/null");
    AtomicFile output = AtomicFile.of(device);
    assertThat(output.isDirect()).isTrue();
    assertThat(output.beside(".x").getParent()).isNotEqualTo(device.getParent());
    write(output, "text");
    assertThat(AtomicFile.isSpecial(device)).isTrue();
    Path link = Files.createSymbolicLink(folder.resolve("null"), device);
    write(AtomicFile.of(link), "text");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void aLongNameLeavesRoomForTheUnfinishedOne() throws IOException {
    Path target = folder.resolve("n".repeat(255));
    write(AtomicFile.of(target), "text");
    assertThat(target).hasContent("text");
    write(AtomicFile.of(folder.resolve("\u00e9".repeat(120))), "text");
  }

  @Test
  void needsAName() {
    assertThatIllegalArgumentException().isThrownBy(() -> AtomicFile.of(folder.getRoot()));
  }
}
