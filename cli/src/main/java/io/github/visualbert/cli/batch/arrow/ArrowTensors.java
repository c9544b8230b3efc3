package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * A column of tensors of Arrow's canonical extension types: {@code arrow.fixed_shape_tensor}, whose
 * shape is in the schema, or {@code arrow.variable_shape_tensor}, with a shape in each row. A shape
 * is (regions, columns) or (1, regions, columns).
 */
final class ArrowTensors {
  private static final String NAME = "ARROW:extension:name";
  private static final String METADATA = "ARROW:extension:metadata";
  private static final String FIXED = "arrow.fixed_shape_tensor";
  private static final String VARIABLE = "arrow.variable_shape_tensor";

  private final String name;
  private final int[] fixedShape; // null where each row has its own

  /** The numbers of one tensor, row-major. */
  record Shaped(ArrowList numbers, int regions, int dim) {}

  private ArrowTensors(String name, int[] fixedShape) {
    this.name = name;
    this.fixedShape = fixedShape;
  }

  /**
   * Reads the type of a column, or returns null where it does not hold tensors.
   *
   * @throws InputException when the type is invalid, or its numbers are not row-major
   */
  static ArrowTensors of(ArrowBatches batches, FieldVector column) {
    Map<String, String> metadata = column.getField().getMetadata();
    String type = metadata.getOrDefault(NAME, "");
    if (!type.equals(FIXED) && !type.equals(VARIABLE)) {
      return null;
    }
    ArrowTypes types = new ArrowTypes(batches);
    FieldVector storage = batches.values(column);
    try {
      String text = metadata.getOrDefault(METADATA, "");
      JsonObject settings =
          Json.parseObject((text.isEmpty() ? "{}" : text).getBytes(StandardCharsets.UTF_8));
      requireRowMajor(column.getName(), settings);
      if (type.equals(VARIABLE)) {
        if (storage instanceof StructVector struct
            && struct.getChild("data") != null
            && types.isListOf(struct.getChild("data"), types::isFloat)
            && struct.getChild("shape") != null
            && types.isListOf(struct.getChild("shape"), types::isInteger)) {
          return new ArrowTensors(column.getName(), null);
        }
      } else if (storage instanceof FixedSizeListVector lists
          && types.isListOf(lists, types::isFloat)) {
        JsonArray sizes = settings.getArray("shape");
        int[] shape = new int[sizes.size()];
        for (int i = 0; i < shape.length; i++) {
          shape[i] = sizes.getInt(i);
        }
        return fixed(column.getName(), shape, lists.getListSize());
      }
    } catch (JsonException e) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: expected the shape of %s: %s".formatted(column.getName(), type, e.getMessage()),
          e);
    }
    throw new InputException(
        Kind.MISMATCH,
        "%s: expected %s of float32, float16 or float64, found %s"
            .formatted(column.getName(), type, types.describe(column)));
  }

  private static void requireRowMajor(String name, JsonObject settings) {
    if (!settings.has("permutation")) {
      return;
    }
    JsonArray permutation = settings.getArray("permutation");
    for (int i = 0; i < permutation.size(); i++) {
      if (permutation.getInt(i) != i) {
        throw new InputException(
            Kind.UNSUPPORTED,
            "%s: expected row-major tensors, found a permutation of their dimensions; write them without one"
                .formatted(name));
      }
    }
  }

  private static ArrowTensors fixed(String name, int[] shape, int size) {
    ArrowTensors tensors = new ArrowTensors(name, shape);
    tensors.requireShape(shape, size);
    return tensors;
  }

  /**
   * Returns a tensor that is not null.
   *
   * @throws InputException when its shape is not that of region features
   */
  Shaped at(ArrowCell cell) {
    if (fixedShape != null) {
      ArrowList numbers = ArrowList.of(cell.vector(), cell.row(), name);
      return shaped(numbers, fixedShape);
    }
    StructVector struct = (StructVector) cell.vector();
    ArrowList numbers = list(struct.getChild("data"), cell.row());
    ArrowList sizes = list(struct.getChild("shape"), cell.row());
    if (sizes.count() > 3) {
      throw wrongShape(sizes.count() + " dimensions");
    }
    int[] shape = new int[sizes.count()];
    for (int i = 0; i < shape.length; i++) {
      int at = sizes.begin() + i;
      long size = sizes.of().isNull(at) ? -1 : ((BaseIntVector) sizes.of()).getValueAsLong(at);
      shape[i] = Math.clamp(size, -1, Integer.MAX_VALUE);
    }
    requireShape(shape, numbers.count());
    return shaped(numbers, shape);
  }

  private ArrowList list(FieldVector lists, int row) {
    if (lists.isNull(row)) {
      throw new InputException(Kind.MALFORMED, name + " has a null, expected numbers");
    }
    return ArrowList.of(lists, row, name);
  }

  private static Shaped shaped(ArrowList numbers, int[] shape) {
    return new Shaped(numbers, shape[shape.length - 2], shape[shape.length - 1]);
  }

  private void requireShape(int[] shape, int numbers) {
    int last = shape.length - 1;
    if (last != 1 && !(last == 2 && shape[0] == 1)) {
      throw wrongShape(Arrays.toString(shape));
    }
    ArrowRegions.requireSize(name, shape[last - 1], shape[last]);
    if (numbers != shape[last - 1] * shape[last]) {
      throw new InputException(
          Kind.MALFORMED,
          "%s has tensors of shape %s of %d numbers"
              .formatted(name, Arrays.toString(shape), numbers));
    }
  }

  private InputException wrongShape(String found) {
    return new InputException(
        Kind.MISMATCH,
        "%s: expected tensors of shape (regions, columns) or (1, regions, columns), found %s"
            .formatted(name, found));
  }
}
