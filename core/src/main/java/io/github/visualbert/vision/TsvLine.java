package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** One picture's line of a TSV file. Boxes and features are little-endian floats in base64. */
final class TsvLine {
  private static final int MAX_PLAIN_BYTES = 32;

  private final byte[] line;
  private final int[] starts; // of each field, and one past the end
  private final TsvColumns columns;
  private final String where;

  TsvLine(byte[] line, TsvColumns columns, String where) {
    this.line = line;
    this.columns = columns;
    this.where = where;
    int[] found = new int[columns.count() + 1];
    int fields = 1;
    for (int i = 0; i < line.length; i++) {
      if (line[i] == '\t' && fields < columns.count()) {
        found[fields++] = i + 1;
      }
    }
    found[columns.count()] = line.length + 1;
    if (fields != columns.count()) {
      throw malformed("expected %d columns, found %d".formatted(columns.count(), fields));
    }
    this.starts = found;
  }

  VisualFeatures features() {
    int count = boxCount();
    float[] corners = floats("boxes", columns.boxes());
    if (corners.length != 4 * count) {
      throw malformed(
          "num_boxes is %d, but boxes holds %d numbers".formatted(count, corners.length));
    }
    float[] values = floats("features", columns.features());
    if (values.length % count != 0) {
      throw malformed(
          "num_boxes is %d, but features holds %d numbers".formatted(count, values.length));
    }
    return VisualFeatures.ofFile(where, new long[] {count, values.length / count}, values)
        .withBoxes(
            boxes(corners, size("image_w", columns.width()), size("image_h", columns.height())));
  }

  /** Converts pixels to fractions of the picture. */
  private List<Box> boxes(float[] corners, float width, float height) {
    List<Box> boxes = new ArrayList<>(corners.length / 4);
    for (int i = 0; i < corners.length; i += 4) {
      Box box =
          new Box(
              corners[i] / width,
              corners[i + 1] / height,
              corners[i + 2] / width,
              corners[i + 3] / height);
      if (!Float.isFinite(box.left() + box.top() + box.right() + box.bottom())) {
        throw malformed("box %d is not made of finite numbers".formatted(i / 4));
      }
      boxes.add(box);
    }
    return boxes;
  }

  private int boxCount() {
    String text = plain("num_boxes", columns.boxCount());
    try {
      int count = Integer.parseInt(text);
      if (count >= 1 && count <= VisualFeatures.MAX_NUMBERS) {
        return count;
      }
    } catch (NumberFormatException e) {
      // The same error as for a number out of range.
    }
    throw malformed(
        "num_boxes is %s, expected an integer of at least 1"
            .formatted(FeatureFile.printable(text)));
  }

  private float size(String name, int column) {
    String text = plain(name, column);
    try {
      float size = Float.parseFloat(text);
      if (size > 0 && Float.isFinite(size)) {
        return size;
      }
    } catch (NumberFormatException e) {
      // The same error as for a number out of range.
    }
    throw malformed(
        "%s is %s, expected a positive number of pixels"
            .formatted(name, FeatureFile.printable(text)));
  }

  private String plain(String name, int column) {
    int length = length(column);
    if (length > MAX_PLAIN_BYTES) {
      throw malformed("%s has %d bytes, expected a number".formatted(name, length));
    }
    return new String(line, starts[column], length, StandardCharsets.ISO_8859_1);
  }

  private float[] floats(String name, int column) {
    ByteBuffer bytes;
    try {
      bytes = Base64.getDecoder().decode(ByteBuffer.wrap(line, starts[column], length(column)));
    } catch (IllegalArgumentException e) {
      throw new InputException(
          Kind.MALFORMED, "%s: %s is not base64 (%s)".formatted(where, name, e.getMessage()), e);
    }
    int count = bytes.remaining() / Float.BYTES;
    if (bytes.remaining() % Float.BYTES != 0 || count > VisualFeatures.MAX_NUMBERS) {
      throw malformed(
          "%s holds %d bytes, expected at most %d floats of 4"
              .formatted(name, bytes.remaining(), VisualFeatures.MAX_NUMBERS));
    }
    return FeatureArrays.toFloats(where, bytes.order(ByteOrder.LITTLE_ENDIAN), count, Float.BYTES);
  }

  private int length(int column) {
    return starts[column + 1] - 1 - starts[column];
  }

  private InputException malformed(String what) {
    return new InputException(Kind.MALFORMED, "%s: %s".formatted(where, what));
  }
}
