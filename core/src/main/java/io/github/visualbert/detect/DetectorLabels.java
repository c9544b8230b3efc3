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
 * The names of objects and attributes: as bottom-up attention writes them, a line for each with
 * synonyms behind commas, of which the first is taken in lower case; or of objects alone, as JSON
 * (see {@link CategoryFile}). Detectors of COCO's classes know their names without a file.
 *
 * @param objects empty when nothing names them
 * @param attributes empty when there is no such file
 */
record DetectorLabels(List<String> objects, List<String> attributes) {
  static final String OBJECTS = "objects_vocab.txt";
  static final String ATTRIBUTES = "attributes_vocab.txt";
  static final String CATEGORIES = "visual_genome_categories.json";

  private static final int MAX_FILE_BYTES = 1 << 24;

  /**
   * Reads the files of a folder, of which any may be missing.
   *
   * @throws ModelException when one cannot be read or names another number of classes
   */
  static DetectorLabels read(Path folder, DetectorKind kind, DetectorConfig.Head head) {
    return new DetectorLabels(
        objects(folder, kind, head.classes()), read(folder.resolve(ATTRIBUTES), head.attributes()));
  }

  /**
   * Reads the files of a folder that was named for them, so that there must be one.
   *
   * @throws ModelException when there is none, one cannot be read or names another number of
   *     classes
   */
  static DetectorLabels require(Path folder, DetectorKind kind, DetectorConfig.Head head) {
    List<String> names = List.of(OBJECTS, ATTRIBUTES, CATEGORIES);
    if (names.stream().map(folder::resolve).noneMatch(Files::exists)) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: expected names of classes (%s), found no such file"
              .formatted(folder, String.join(", ", names)));
    }
    return read(folder, kind, head);
  }

  private static List<String> objects(Path folder, DetectorKind kind, int classes) {
    Path categories = folder.resolve(CATEGORIES);
    if (!Files.exists(folder.resolve(OBJECTS)) && Files.exists(categories)) {
      return CategoryFile.read(categories, classes);
    }
    List<String> objects = read(folder.resolve(OBJECTS), classes);
    return objects.isEmpty()
            && kind == DetectorKind.MASK_RCNN
            && classes == CocoClasses.NAMES.size()
        ? CocoClasses.NAMES
        : objects;
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
