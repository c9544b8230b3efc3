package io.github.visualbert.detect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The names of objects and attributes, as bottom-up attention writes them: a line for each, with
 * synonyms behind commas, of which the first is taken in lower case.
 *
 * @param objects empty when there is no such file
 * @param attributes empty when there is no such file
 */
record DetectorLabels(List<String> objects, List<String> attributes) {
  static final String OBJECTS = "objects_vocab.txt";
  static final String ATTRIBUTES = "attributes_vocab.txt";

  private static final int MAX_FILE_BYTES = 1 << 24;

  /**
   * Reads the files of a folder.
   *
   * @throws ModelException when one cannot be read or names another number of classes
   */
  static DetectorLabels read(Path folder, DetectorConfig.Head head) {
    return new DetectorLabels(
        read(folder.resolve(OBJECTS), head.classes()),
        read(folder.resolve(ATTRIBUTES), head.attributes()));
  }

  private static List<String> read(Path file, int expected) {
    if (expected == 0 || !Files.exists(file)) {
      return List.of();
    }
    byte[] bytes = TextFiles.readOfModel(file, "labels", MAX_FILE_BYTES);
    try {
      List<String> labels =
          UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes))
              .toString()
              .lines()
              .map(DetectorLabels::label)
              .toList();
      if (labels.size() != expected) {
        throw new ModelException(
            Kind.MISMATCH,
            "%s: has %d labels, the detector has %d".formatted(file, labels.size(), expected));
      }
      return labels;
    } catch (CharacterCodingException e) {
      throw new ModelException(Kind.MALFORMED, file + ": is not UTF-8", e);
    }
  }

  private static String label(String line) {
    int comma = line.indexOf(',');
    return (comma < 0 ? line : line.substring(0, comma)).strip().toLowerCase(Locale.ROOT);
  }

  /** Returns the name of an object, or null when it has none. */
  String object(int id) {
    return objects.isEmpty() ? null : objects.get(id);
  }

  /** Returns the name of an attribute, or null when it has none. */
  String attribute(int id) {
    return attributes.isEmpty() || id < 0 ? null : attributes.get(id);
  }
}
