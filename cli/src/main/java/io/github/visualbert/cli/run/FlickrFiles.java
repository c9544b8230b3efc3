package io.github.visualbert.cli.run;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of captions of Flickr30k Entities.
 *
 * @param folder holds them, {@code 1000092795.txt} for example
 * @param images the pictures that are asked about, by their names without ending
 */
record FlickrFiles(Path folder, List<String> images) {
  private static final String TXT = ".txt";
  private static final String SENTENCES = "Sentences";
  private static final int MAX_SPLIT_BYTES = 1 << 24;

  /**
   * Finds the files.
   *
   * @param input the folder of the captions or the published one, which has it as {@code Sentences}
   * @param split a file with the names of pictures, one a line; null for all
   * @throws InputException when a file cannot be read, or there are no captions
   */
  static FlickrFiles of(Path input, Path split) {
    Path inside = input.resolve(SENTENCES);
    Path folder = Files.isDirectory(inside) ? inside : input;
    List<String> images = split == null ? all(folder) : names(split);
    if (images.isEmpty()) {
      throw new InputException(
          Kind.MISMATCH,
          split == null
              ? folder + ": expected captions, files ending in .txt, found none"
              : split + ": expected the names of pictures, found none");
    }
    return new FlickrFiles(folder, images);
  }

  private static List<String> all(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(TXT))
          .map(name -> name.substring(0, name.length() - TXT.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException(Kind.UNREADABLE, folder + ": cannot be read (" + e + ")", e);
    }
  }

  private static List<String> names(Path split) {
    byte[] text = TextFiles.read(split, "the names of pictures", MAX_SPLIT_BYTES);
    List<String> names =
        new String(text, StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .map(name -> name.replaceFirst("\\.jpe?g$", ""))
            .distinct()
            .toList();
    for (String name : names) {
      try {
        if (Path.of(name).getNameCount() == 1) {
          continue;
        }
      } catch (InvalidPathException e) {
        // the same error as for the path of a file elsewhere
      }
      throw new InputException(
          Kind.MALFORMED, "%s: expected the names of pictures, found %s".formatted(split, name));
    }
    return names;
  }

  /** Returns the file with the captions of a picture. */
  Path sentences(String image) {
    return folder.resolve(image + TXT);
  }

  /** Returns the files with the captions of all pictures that are asked about. */
  List<Path> sentences() {
    return images.stream().map(this::sentences).toList();
  }
}
