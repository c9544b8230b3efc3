package io.github.visualbert.ask;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.vision.VisualFeatures;
import java.util.Base64;
import java.util.Locale;

/** A picture as a row gives it: by the name of a file, or in the row itself. */
public sealed interface RowPicture {
  /** A PNG or JPEG file, by its path. */
  record File(String path) implements RowPicture {}

  /**
   * The bytes of a PNG or JPEG file.
   *
   * @param name what messages call the picture
   */
  record Encoded(byte[] file, String name) implements RowPicture {}

  /** Region features, as {@link PictureCache#features} takes them. */
  record FeatureName(String fileAndName) implements RowPicture {}

  /** The region features themselves. */
  record Regions(VisualFeatures features) implements RowPicture {}

  /** Region features as {@link io.github.visualbert.VisualBert#regions} returned them. */
  record Taken(VisualFeatures features) implements RowPicture {}

  /**
   * Returns the picture that a text stands for: a path, or a {@code data:} URL that holds the file.
   *
   * @param field the field of the row, for messages
   * @throws InputException when the URL does not hold base64
   */
  static RowPicture of(String text, String field) {
    if (!text.regionMatches(true, 0, "data:", 0, 5)) {
      return new File(text);
    }
    int comma = text.indexOf(',');
    if (comma < 0 || !text.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(";base64")) {
      throw new InputException(
          Kind.MALFORMED,
          field + ": expected a data: URL in base64, such as data:image/png;base64,…");
    }
    return new Encoded(base64(text.substring(comma + 1), field), field);
  }

  /**
   * Returns the bytes of a base64 text, which may be broken into lines.
   *
   * @throws InputException when it is not base64
   */
  static byte[] base64(String text, String field) {
    try {
      return Base64.getDecoder().decode(text.replace("\n", "").replace("\r", ""));
    } catch (IllegalArgumentException e) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: expected the bytes of a PNG or JPEG in base64 (%s)".formatted(field, e.getMessage()),
          e);
    }
  }

  /**
   * Returns what messages call a picture whose bytes a row holds.
   *
   * @param path where it was read from, or null
   */
  static String name(String field, String path) {
    return path == null || path.isEmpty() ? field : field + " " + path;
  }
}
