package io.github.visualbert.spark;

import io.github.visualbert.ask.RowPicture;
import io.github.visualbert.ask.RowPictures;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import scala.collection.Iterator;
import scala.collection.Seq;

/**
 * Reads pictures from values: a path, the bytes of a file, a struct of both, or region features as
 * an array of regions, each an array of numbers, or as an array of all their numbers.
 */
final class PictureValues {
  private static final Pattern URL = Pattern.compile("(?i)[a-z][a-z0-9+.-]+:/.*");

  private final int dim;

  /**
   * Makes a reader.
   *
   * @param dim the columns of the features that the model takes
   */
  PictureValues(int dim) {
    this.dim = dim;
  }

  /**
   * Returns the pictures of a row.
   *
   * @throws InputException when one is missing or invalid
   */
  RowPictures of(TaskRow row) {
    List<RowPicture> pictures = new ArrayList<>();
    for (int i = 0; i < row.pictures().size(); i++) {
      String place = row.pictures().size() == 1 ? row.field() : row.field() + "[" + i + "]";
      pictures.add(of(row.pictures().get(i), row.field(), place));
    }
    return new RowPictures(row.field(), pictures);
  }

  private RowPicture of(Object value, String field, String place) {
    return switch (value) {
      case String name when field.equals(RowPictures.FEATURES) ->
          new RowPicture.FeatureName(NodeFiles.local(name));
      case String path -> file(path, place);
      case byte[] file -> new RowPicture.Encoded(file, place);
      case Row struct -> struct(struct, place);
      case float[] numbers -> new RowPicture.Regions(flat(numbers, place));
      case float[][] regions -> new RowPicture.Regions(regions(regions, place));
      case Seq<?> array -> new RowPicture.Regions(array(array, place));
      case null ->
          throw new InputException(Kind.MALFORMED, place + ": expected a picture, found null");
      default ->
          throw new InputException(
              Kind.MALFORMED, place + ": expected a picture, found " + value.getClass().getName());
    };
  }

  static RowPicture file(String path, String place) {
    String local = NodeFiles.local(path);
    if (URL.matcher(local).matches()) {
      throw new InputException(
          Kind.UNSUPPORTED,
          "%s: expected a path on every node, found %s; read such files with the source binaryFile and pass their content"
              .formatted(place, path));
    }
    if (local.isEmpty()) {
      throw new InputException(Kind.MALFORMED, place + ": expected a picture, found an empty path");
    }
    return RowPicture.of(local, place);
  }

  /** Reads {@code bytes}, or {@code content} as {@code binaryFile} calls them, and {@code path}. */
  private static RowPicture struct(Row struct, String place) {
    byte[] bytes = null;
    String path = null;
    for (int i = 0; i < struct.size(); i++) {
      if (struct.get(i) instanceof byte[] found) {
        bytes = found;
      } else if (struct.get(i) instanceof String found) {
        path = found;
      }
    }
    if (bytes != null) {
      return new RowPicture.Encoded(bytes, path == null ? place : place + " " + path);
    }
    if (path == null) {
      throw new InputException(Kind.MALFORMED, place + ": expected bytes or a path, found neither");
    }
    return file(path, place);
  }

  private VisualFeatures flat(float[] numbers, String place) {
    if (numbers.length == 0 || numbers.length % dim != 0) {
      throw new InputException(
          Kind.MISMATCH,
          "%s has %d numbers, expected a multiple of the %d columns of the model's features"
              .formatted(place, numbers.length, dim));
    }
    return features(numbers, numbers.length / dim, dim, place);
  }

  private static VisualFeatures regions(float[][] regions, String place) {
    if (regions.length == 0) {
      throw new InputException(Kind.MISMATCH, place + " has no regions, expected at least 1");
    }
    int columns = regions[0].length;
    if (columns == 0 || regions.length > VisualFeatures.MAX_NUMBERS / columns) {
      throw new InputException(
          Kind.MISMATCH,
          "%s has %d regions of %d columns, expected at least 1 of each and at most %d numbers"
              .formatted(place, regions.length, columns, VisualFeatures.MAX_NUMBERS));
    }
    float[] numbers = new float[regions.length * columns];
    for (int i = 0; i < regions.length; i++) {
      if (regions[i].length != columns) {
        throw new InputException(
            Kind.MISMATCH,
            "%s has %d columns in region %d, but %d in region 0"
                .formatted(place, regions[i].length, i, columns));
      }
      System.arraycopy(regions[i], 0, numbers, i * columns, columns);
    }
    return features(numbers, regions.length, columns, place);
  }

  private static VisualFeatures features(float[] numbers, int regions, int columns, String place) {
    if (numbers.length > VisualFeatures.MAX_NUMBERS) {
      throw new InputException(
          Kind.MISMATCH,
          "%s has %d numbers, expected at most %d"
              .formatted(place, numbers.length, VisualFeatures.MAX_NUMBERS));
    }
    return VisualFeatures.of(place, numbers, regions, columns);
  }

  private VisualFeatures array(Seq<?> array, String place) {
    if (array.isEmpty() || array.head() instanceof Number || array.head() == null) {
      return flat(numbers(array, place), place);
    }
    float[][] regions = new float[array.size()][];
    Iterator<?> elements = array.iterator();
    for (int i = 0; i < regions.length; i++) {
      if (!(elements.next() instanceof Seq<?> region)) {
        throw hasNull(place);
      }
      regions[i] = numbers(region, place);
    }
    return regions(regions, place);
  }

  private static float[] numbers(Seq<?> array, String place) {
    float[] numbers = new float[array.size()];
    Iterator<?> elements = array.iterator();
    for (int i = 0; i < numbers.length; i++) {
      if (!(elements.next() instanceof Number number)) {
        throw hasNull(place);
      }
      numbers[i] = narrowed(number.doubleValue(), place);
    }
    return numbers;
  }

  /** Returns a number as float32. */
  static float narrowed(double number, String place) {
    float narrow = (float) number;
    if (Float.isInfinite(narrow) && Double.isFinite(number)) {
      throw new InputException(
          Kind.UNSUPPORTED, "%s: %s is too large for a 32-bit float".formatted(place, number));
    }
    return narrow;
  }

  static InputException hasNull(String place) {
    return new InputException(Kind.MALFORMED, place + " has a null, expected numbers");
  }
}
