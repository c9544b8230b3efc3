package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * The region features of one picture: a row of {@code dim} finite floats for each of its regions,
 * {@code visual_embeds} of one sequence.
 *
 * <p>Immutable and thread-safe; lives on the heap and needs no closing, unless it is a view on a
 * caller's tensor.
 */
public final class VisualFeatures {
  /**
   * The most numbers that one picture's features may hold: 64 MiB of floats, 4000 regions of 4096
   * columns.
   */
  public static final int MAX_NUMBERS = 1 << 24;

  private final String source;
  private final int regions;
  private final int dim;
  private final List<Box> boxes; // one per region, or none
  private final Tensor tensor; // (regions, dim); one object, which a model projects once

  private VisualFeatures(String source, Tensor tensor, List<Box> boxes) {
    this.source = source;
    this.regions = (int) tensor.size(0);
    this.dim = (int) tensor.size(1);
    this.boxes = boxes;
    this.tensor = tensor;
  }

  private static Tensor tensor(float[] values, int regions, int dim) {
    return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
        ? new Tensor(
            DType.F32, new long[] {regions, dim}, MemorySegment.ofArray(values).asReadOnly())
        : Tensor.of(values, regions, dim);
  }

  /**
   * Copies the features that a caller computed.
   *
   * @param source what they were computed from, for messages
   * @param values row-major, {@code regions * dim} of them
   * @throws IllegalArgumentException when the sizes do not fit
   * @throws InputException when a number is not finite
   */
  public static VisualFeatures of(String source, float[] values, int regions, int dim) {
    Objects.requireNonNull(source, "source");
    requireSize(regions, dim, values.length);
    return checked(source, tensor(values.clone(), regions, dim), List.of());
  }

  private static void requireSize(int regions, int dim, int numbers) {
    if (regions < 1 || dim < 1 || numbers != (long) regions * dim || numbers > MAX_NUMBERS) {
      throw new IllegalArgumentException(
          "%d regions of %d columns, expected at least 1 of each, at most %d numbers, and an array that holds them; found %d numbers"
              .formatted(regions, dim, MAX_NUMBERS, numbers));
    }
  }

  /**
   * Wraps features that are in memory already, such as a mapped file, without a copy. The memory
   * must stay valid and unchanged as long as they are used.
   *
   * @param source what they were computed from, for messages
   * @param tensor F32, (regions, dim)
   * @throws IllegalArgumentException when it has another type or shape, or too many numbers
   * @throws InputException when a number is not finite
   */
  public static VisualFeatures view(String source, Tensor tensor) {
    Objects.requireNonNull(source, "source");
    if (tensor.dtype() != DType.F32
        || tensor.rank() != 2
        || tensor.elementCount() < 1
        || tensor.elementCount() > MAX_NUMBERS) {
      throw new IllegalArgumentException(
          "expected F32 features (regions, columns), at least 1 of each and at most %d numbers; found %s"
              .formatted(MAX_NUMBERS, tensor));
    }
    return checked(source, tensor, List.of());
  }

  private static VisualFeatures checked(String source, Tensor tensor, List<Box> boxes) {
    for (int i = 0; i < tensor.elementCount(); i++) {
      if (!Float.isFinite(tensor.getFloat(i))) {
        throw new InputException(
            Kind.MALFORMED,
            "%s: visual_embeds has %s in row %d, column %d (counted from 0), expected finite numbers"
                .formatted(source, tensor.getFloat(i), i / tensor.size(1), i % tensor.size(1)));
      }
    }
    return new VisualFeatures(source, tensor, boxes);
  }

  /**
   * Takes ownership of the numbers of a file: (regions, dim), or (1, regions, dim) as a batch of
   * one picture.
   */
  static VisualFeatures ofFile(String source, long[] shape, float[] values) {
    int last = shape.length - 1;
    if (last != 1 && !(last == 2 && shape[0] == 1)) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: expected features of shape (regions, columns) or (1, regions, columns), found %s"
              .formatted(source, FeatureArrays.shapeText(shape)));
    }
    if (values.length == 0) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: expected at least one region, found shape %s"
              .formatted(source, FeatureArrays.shapeText(shape)));
    }
    Tensor tensor = tensor(values, (int) shape[last - 1], (int) shape[last]);
    return checked(source, tensor, List.of());
  }

  /**
   * Returns the same features with the places of their regions.
   *
   * @param places one for each region, or none when they are not known
   * @throws IllegalArgumentException when there are more or fewer
   */
  public VisualFeatures withBoxes(List<Box> places) {
    if (!places.isEmpty() && places.size() != regions) {
      throw new IllegalArgumentException(
          "%d boxes are given for %d regions".formatted(places.size(), regions));
    }
    return new VisualFeatures(source, tensor, List.copyOf(places));
  }

  /**
   * Concatenates the regions of two pictures, the first picture's first.
   *
   * @throws InputException when they have different numbers of columns
   */
  public static VisualFeatures concatenate(VisualFeatures first, VisualFeatures second) {
    second.requireDim(first.dim);
    int count = (int) first.tensor.elementCount();
    int more = (int) second.tensor.elementCount();
    String source = first.source + " and " + second.source;
    requireSize(first.regions + second.regions, first.dim, count + more);
    float[] values = new float[count + more];
    first.tensor.copyTo(0, values, 0, count);
    second.tensor.copyTo(0, values, count, more);
    return new VisualFeatures(
        source, tensor(values, first.regions + second.regions, first.dim), List.of());
  }

  /**
   * Returns the features of the first regions, or of all when there are no more. Detectors put the
   * most confident regions first.
   */
  public VisualFeatures first(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("expected at least 1 region, found " + most);
    }
    if (most >= regions) {
      return this;
    }
    List<Box> kept = boxes.isEmpty() ? boxes : boxes.subList(0, most);
    float[] values = new float[most * dim];
    tensor.copyTo(0, values, 0, values.length);
    return new VisualFeatures(source, tensor(values, most, dim), kept);
  }

  /**
   * Returns what the features came from, as messages name it: a file, and the name within it if it
   * holds several.
   */
  public String source() {
    return source;
  }

  public int regions() {
    return regions;
  }

  /** Returns the number of columns, which must be the model's {@code visual_embedding_dim}. */
  public int dim() {
    return dim;
  }

  public float get(int region, int column) {
    return tensor.getFloat(
        Objects.checkIndex(region, regions) * dim + Objects.checkIndex(column, dim));
  }

  /** Returns where the regions lie, one box for each, or an empty list when that is not known. */
  public List<Box> boxes() {
    return boxes;
  }

  /** Returns a read-only F32 tensor (regions, dim) on these features, the same one every time. */
  public Tensor tensor() {
    return tensor;
  }

  /** Returns a copy of the numbers, row-major. */
  public float[] toArray() {
    return tensor.toFloatArray();
  }

  /**
   * Checks that a model can take these features.
   *
   * @param expected the model's {@code visual_embedding_dim}
   * @return this
   * @throws InputException when they have another number of columns
   */
  public VisualFeatures requireDim(int expected) {
    if (dim != expected) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: visual_embeds has %d columns, the model's visual_embedding_dim is %d"
              .formatted(source, dim, expected));
    }
    return this;
  }

  @Override
  public String toString() {
    return "%s: %d regions of %d columns".formatted(source, regions, dim);
  }
}
