package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.FileFormat;
import io.github.visualbert.internal.file.InputFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file of region features, of one picture or of many by name.
 *
 * <p>The first bytes tell the format, not the name:
 *
 * <ul>
 *   <li>{@code .npy}, the features of one picture;
 *   <li>{@code .npz}, arrays by name: {@code box_features} beside boxes and confidences of one
 *       picture, or one array for each of many;
 *   <li>{@code .tsv}, a line for each picture with its features in base64: the columns of bottom-up
 *       attention ({@code image_id, image_w, image_h, num_boxes, boxes, features}), those of LXMERT
 *       ({@code img_id, img_h, img_w, objects_id, objects_conf, attrs_id, attrs_conf, num_boxes,
 *       boxes, features}), or what a first line names;
 *   <li>{@code .safetensors}, the tensor {@code visual_embeds} of one picture, or a tensor for each
 *       of many;
 *   <li>what {@code torch.save} writes ({@code .th}, {@code .pt}), the tensor of one picture, or a
 *       dictionary of tensors, or of tuples as the authors' (features, boxes, confidences), or of
 *       dictionaries.
 * </ul>
 *
 * <p>A picture is addressed by its name in the file or, where no picture has that name, by its
 * index: {@code #3} is the fourth. Numbers may be half, single or double precision; shapes
 * (regions, columns) or (1, regions, columns).
 *
 * <p>Features have at most {@link VisualFeatures#MAX_NUMBERS} numbers. Reading those of one picture
 * takes at most 512 MiB besides the result, whatever the file claims. Of a file of many pictures,
 * only names and offsets are held in memory. Nothing in a file is ever executed. Not thread-safe;
 * the features that it returns are.
 */
public abstract sealed class FeatureFile implements AutoCloseable
    permits NpyFeatureFile, NpzFeatureFile, TsvFeatureFile, TensorFeatureFile {
  /** The bytes of the largest array, in double precision and with its header. */
  static final int MAX_ARRAY_BYTES = 8 * VisualFeatures.MAX_NUMBERS + (1 << 17);

  /**
   * The most pictures in one file: COCO and Visual Genome together have fewer than a third of that.
   */
  static final int MAX_PICTURES = 1 << 20;

  /**
   * The usual names of features among other arrays, in order of preference: our own, the authors',
   * and others'.
   */
  static final List<String> USUAL_NAMES =
      List.of("visual_embeds", "box_features", "roi_features", "features", "x");

  private static final int HEAD_BYTES = 4096;

  private final String source;

  FeatureFile(String source) {
    this.source = source;
  }

  /**
   * Opens a file. Features that were read stay valid after it is closed.
   *
   * @throws InputException when the file cannot be read, is damaged, or is of no known format
   */
  public static FeatureFile open(Path file) {
    byte[] head = head(file);
    if (NpyArray.recognises(head)) {
      return new NpyFeatureFile(file);
    }
    if (TensorFeatureFile.recognises(head, file)) {
      return new TensorFeatureFile(file);
    }
    if (NpzFeatureFile.recognises(head)) {
      return new NpzFeatureFile(file);
    }
    if (TsvFeatureFile.recognises(head)) {
      return new TsvFeatureFile(file);
    }
    throw new InputException(
        Kind.UNSUPPORTED,
        "%s: expected region features (.npy, .npz, .tsv, .safetensors or of torch.save), found %s"
            .formatted(file, FileFormat.describe(head)));
  }

  private static byte[] head(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      throw new InputException(
          Kind.UNSUPPORTED,
          file
              + ": expected a file of region features, found a pipe or a device; they are read more"
              + " than once, so write them to a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(HEAD_BYTES);
    } catch (IOException e) {
      throw InputFiles.unreadable(file, "region features", e);
    }
  }

  /** Reads the features of a file that holds those of one picture. */
  public static VisualFeatures read(Path file) {
    try (FeatureFile open = open(file)) {
      return open.read();
    }
  }

  /** Reads the features of one picture of a file, by its name or as {@code #index}. */
  public static VisualFeatures read(Path file, String name) {
    try (FeatureFile open = open(file)) {
      return open.read(name);
    }
  }

  /** Returns the path, for messages. */
  public String source() {
    return source;
  }

  /**
   * Returns the names in the file, in its order; empty where it holds the features of one picture
   * without a name.
   *
   * @throws InputException when the file is damaged
   */
  public abstract List<String> names();

  /**
   * Reads the features of the only picture.
   *
   * @throws InputException when there are several, or they are damaged
   */
  public abstract VisualFeatures read();

  /**
   * Reads the features of one picture, by its name or as {@code #index}.
   *
   * @throws InputException when there is none of that name, or its features are damaged
   */
  public abstract VisualFeatures read(String name);

  @Override
  public abstract void close();

  /** Returns the index that a name like {@code #3} stands for, or -1 for another name. */
  static int index(String name) {
    // Nine digits are an int, and enough for MAX_PICTURES.
    return name.matches("#\\d{1,9}") ? Integer.parseInt(name.substring(1)) : -1;
  }

  /** Returns the name that {@code #index} stands for, or refuses. */
  String nameAt(String name) {
    List<String> names = names();
    int index = index(name);
    if (index >= 0 && index < names.size()) {
      return names.get(index);
    }
    throw missing(name);
  }

  /**
   * Returns the name of the only picture's features: a usual one, or the only one. Refuses
   * otherwise.
   */
  String onlyName() {
    List<String> names = names();
    for (String usual : USUAL_NAMES) {
      if (names.contains(usual)) {
        return usual;
      }
    }
    if (names.size() != 1) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: expected the features of one picture, found %s; say which by name"
              .formatted(source, few(names)));
    }
    return names.getFirst();
  }

  /**
   * Reads the features of the only picture of a file without names, whose name can only be {@code
   * #0}.
   */
  VisualFeatures readAlone(String name) {
    if (index(name) == 0) {
      return read();
    }
    throw new InputException(
        Kind.MISMATCH,
        "%s: expected a file of several pictures to find %s in, found one picture's features"
            .formatted(source, name));
  }

  InputException missing(String name) {
    return new InputException(
        Kind.MISMATCH,
        "%s: holds nothing called %s, but %s".formatted(source, printable(name), few(names())));
  }

  private static String few(List<String> names) {
    if (names.isEmpty()) {
      return "nothing";
    }
    String first = String.join(", ", names.stream().limit(5).map(FeatureFile::printable).toList());
    return names.size() <= 5 ? first : first + " and %d more".formatted(names.size() - 5);
  }

  /** Returns a name from the file as a message can quote it: shortened, and on one line. */
  static String printable(String name) {
    String shown = name.length() <= 80 ? name : name.substring(0, 80) + "…";
    StringBuilder safe = new StringBuilder();
    shown
        .chars()
        .forEach(
            c ->
                safe.append(
                    Character.isISOControl(c) || c >= 0x2028 && c <= 0x2029 ? '?' : (char) c));
    return safe.toString();
  }
}
