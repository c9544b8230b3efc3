package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.file.JsonLines;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of {@code detect} that name its pictures. */
final class PictureOptions {
  private static final int MAX_LIST_BYTES = 1 << 28;
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg");

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--image",
      arity = "1..*",
      paramLabel = "FILE",
      description = "PNG or JPEG files, or folders of them.")
  private List<Path> images = List.of();

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description =
          "A list of pictures: a path on each line, relative to the list; - reads it from standard"
              + " input.")
  private Path input;

  boolean given() {
    return input != null || !images.isEmpty();
  }

  /** Returns whether exactly one file is named, rather than a list or a folder. */
  boolean isOne() {
    return input == null && images.size() == 1 && !Files.isDirectory(images.getFirst());
  }

  /**
   * Returns the pictures in the order given; those of a folder by name.
   *
   * @throws ParameterException when there are none
   * @throws InputException when a folder or the list cannot be read
   */
  List<PictureFile> pictures() {
    if (input != null && !images.isEmpty()) {
      throw usage("expected pictures by --image or by --input, one of them");
    }
    List<PictureFile> pictures = new ArrayList<>();
    for (Path image : images) {
      if (Files.isDirectory(image)) {
        inFolder(image).forEach(file -> pictures.add(PictureFile.of(file)));
      } else {
        pictures.add(PictureFile.of(image));
      }
    }
    if (input != null) {
      listed().forEach(file -> pictures.add(PictureFile.of(file)));
    }
    if (pictures.isEmpty()) {
      throw given()
          ? usage("there are no pictures in " + (input != null ? input : images.getFirst()))
          : usage("expected pictures by --image or --input, or --cases");
    }
    return pictures;
  }

  private static List<Path> inFolder(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(PictureOptions::isPicture).sorted().toList();
    } catch (IOException e) {
      throw new InputException(Kind.UNREADABLE, folder + ": cannot be read (" + e + ")", e);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith) && Files.isRegularFile(file);
  }

  private List<Path> listed() {
    boolean piped = input.equals(JsonLines.STANDARD_STREAM);
    byte[] text;
    try {
      text =
          piped
              ? System.in.readNBytes(MAX_LIST_BYTES)
              : TextFiles.read(input, "a list of pictures", MAX_LIST_BYTES);
    } catch (IOException e) {
      throw new InputException(
          Kind.UNREADABLE, "standard input: cannot be read (" + e.getMessage() + ")", e);
    }
    Path folder = piped ? Path.of("") : input.toAbsolutePath().getParent();
    List<Path> files = new ArrayList<>();
    int number = 0;
    for (String line : new String(text, StandardCharsets.UTF_8).split("\r?\n|\r")) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        Path path = Path.of(line.strip());
        files.add(path.isAbsolute() || piped ? path : folder.resolve(path));
      } catch (InvalidPathException e) {
        throw new InputException(
            Kind.MALFORMED,
            "%s: line %d: expected a path: %s".formatted(input, number, e.getMessage()),
            e);
      }
    }
    return files;
  }

  /**
   * Checks that no two pictures have one name, where names matter.
   *
   * @throws ParameterException when two have
   */
  void requireDifferentNames(List<PictureFile> pictures) {
    Map<String, Path> seen = new HashMap<>();
    for (PictureFile picture : pictures) {
      Path other = seen.put(picture.name(), picture.path());
      if (other != null) {
        throw usage(
            "%s and %s: expected pictures of different names for --output or --draw"
                .formatted(other, picture.path()));
      }
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
