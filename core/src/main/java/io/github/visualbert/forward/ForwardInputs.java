package io.github.visualbert.forward;

import io.github.visualbert.model.InvalidArgumentException;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The arguments of a forward pass under the names of transformers, as padded tensors. Absent
 * arguments take the defaults of transformers.
 *
 * <p>Shapes are (batch, …), and for multiple choice (batch, choices, …), except that {@code
 * image_text_alignment} may come with both axes or already flattened. Everything is checked when
 * the sequences are made; nothing is silently ignored.
 */
public final class ForwardInputs {
  private static final Set<String> NAMES =
      Set.of(
          "input_ids",
          "attention_mask",
          "token_type_ids",
          "position_ids",
          "inputs_embeds",
          "visual_embeds",
          "visual_attention_mask",
          "visual_token_type_ids",
          "image_text_alignment",
          "labels",
          "sentence_image_labels",
          "region_to_phrase_position");

  private final Map<String, Tensor> arguments;

  /**
   * Takes arguments by name.
   *
   * @throws IllegalArgumentException for a name that is no argument of any head
   */
  public ForwardInputs(Map<String, Tensor> arguments) {
    Set<String> unknown = new TreeSet<>(arguments.keySet());
    unknown.removeAll(NAMES);
    if (!unknown.isEmpty()) {
      throw new InvalidArgumentException(
          "unknown inputs %s, expected some of %s".formatted(unknown, new TreeSet<>(NAMES)));
    }
    this.arguments = new LinkedHashMap<>(arguments);
  }

  /** Returns an argument, or null when it is absent. */
  Tensor get(String name) {
    return arguments.get(name);
  }

  boolean has(String name) {
    return arguments.containsKey(name);
  }

  /**
   * Returns an argument.
   *
   * @param reader who needs it, for the message
   */
  Tensor require(String name, String reader) {
    Tensor tensor = arguments.get(name);
    if (tensor == null) {
      throw new InvalidArgumentException("%s needs %s".formatted(reader, name));
    }
    return tensor;
  }

  /** Refuses arguments that the head does not read. */
  void allowOnly(String reader, String... labels) {
    for (String name : List.of("labels", "sentence_image_labels", "region_to_phrase_position")) {
      if (has(name) && !Arrays.asList(labels).contains(name)) {
        throw new InvalidArgumentException("%s has no input %s".formatted(reader, name));
      }
    }
  }

  /** Returns the shape of the text without its last axis: (batch) or (batch, choices). */
  long[] batchShape(int axes) {
    if (has("input_ids") && has("inputs_embeds")) {
      throw new InvalidArgumentException(
          "both input_ids and inputs_embeds are given; expected one");
    }
    boolean ids = has("input_ids");
    if (!ids && !has("inputs_embeds")) {
      throw new InvalidArgumentException(
          "neither input_ids nor inputs_embeds is given; expected one");
    }
    String name = ids ? "input_ids" : "inputs_embeds";
    Tensor text = get(name);
    requireRank(name, text, axes + (ids ? 1 : 2));
    long[] shape = Arrays.copyOf(text.shape(), axes);
    if (text.elementCount() == 0) {
      throw new InvalidArgumentException("%s %s is empty".formatted(name, text));
    }
    return shape;
  }

  /**
   * Returns the sequences of the batch, choices side by side.
   *
   * @param axes 1 for (batch, …), 2 for (batch, choices, …)
   */
  List<Sequence> sequences(int axes) {
    long[] batchShape = batchShape(axes);
    int batch = 1;
    for (long size : batchShape) {
      batch = Math.toIntExact(batch * size);
    }
    int text = textLength();
    Tensor visual = get("visual_embeds");
    int regions = 0;
    if (visual != null) {
      requireRank("visual_embeds", visual, axes + 2);
      requireBatch("visual_embeds", visual, batchShape);
      regions = Math.toIntExact(visual.size(axes));
    }
    List<int[]> ids = integers("input_ids", batchShape, text, "text tokens", false);
    List<int[]> types = integers("token_type_ids", batchShape, text, "text tokens", false);
    List<int[]> positions = integers("position_ids", batchShape, text, "text tokens", true);
    List<boolean[]> textMask = masks("attention_mask", batchShape, text, "text tokens");
    List<int[]> visualTypes =
        visual == null
            ? null
            : integers("visual_token_type_ids", batchShape, regions, "regions", false);
    List<boolean[]> visualMask =
        visual == null ? null : masks("visual_attention_mask", batchShape, regions, "regions");
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      sequences.add(
          new Sequence(
              at(ids, i),
              has("inputs_embeds") ? slice(get("inputs_embeds"), i, batch) : null,
              at(types, i),
              at(positions, i),
              at(textMask, i),
              visual == null ? null : slice(visual, i, batch),
              at(visualTypes, i),
              at(visualMask, i),
              visual == null ? null : alignment(i, batch, axes)));
    }
    return sequences;
  }

  /** Returns the number of text tokens of every sequence. */
  int textLength() {
    return Math.toIntExact(
        has("input_ids") ? get("input_ids").size(-1) : get("inputs_embeds").size(-2));
  }

  /** Returns the number of regions of every sequence. */
  int regions() {
    return has("visual_embeds") ? Math.toIntExact(get("visual_embeds").size(-2)) : 0;
  }

  private static <T> T at(List<T> list, int index) {
    return list == null ? null : list.get(index);
  }

  private List<int[]> integers(
      String name, long[] batchShape, int length, String what, boolean mayBroadcast) {
    Tensor tensor = get(name);
    if (tensor == null) {
      return null;
    }
    requireRank(name, tensor, batchShape.length + 1);
    boolean broadcast = mayBroadcast && isBroadcast(tensor, batchShape);
    if (!broadcast) {
      requireBatch(name, tensor, batchShape);
    }
    requireLast(name, tensor, length, what);
    int[] values = toInts(name, tensor);
    List<int[]> rows = new ArrayList<>();
    for (int i = 0; i < product(batchShape); i++) {
      int row = broadcast ? 0 : i;
      rows.add(Arrays.copyOfRange(values, row * length, (row + 1) * length));
    }
    return rows;
  }

  private List<boolean[]> masks(String name, long[] batchShape, int length, String what) {
    Tensor tensor = get(name);
    if (tensor == null) {
      return null;
    }
    requireRank(name, tensor, batchShape.length + 1);
    requireBatch(name, tensor, batchShape);
    requireLast(name, tensor, length, what);
    List<boolean[]> rows = new ArrayList<>();
    for (int i = 0; i < product(batchShape); i++) {
      boolean[] row = new boolean[length];
      for (int j = 0; j < length; j++) {
        row[j] = tensor.getFloat((long) i * length + j) != 0; // transformers 5: any non-zero entry
      }
      rows.add(row);
    }
    return rows;
  }

  private int[][] alignment(int index, int batch, int axes) {
    Tensor tensor = get("image_text_alignment");
    if (tensor == null) {
      return null;
    }
    long flattened = product(Arrays.copyOf(tensor.shape(), Math.max(0, tensor.rank() - 2)));
    if (tensor.rank() < 3 || tensor.rank() > axes + 2 || flattened != batch) {
      throw new InvalidArgumentException(
          "image_text_alignment is %s, expected (%d, regions, any)".formatted(tensor, batch));
    }
    int regions = Math.toIntExact(tensor.size(-2));
    int width = Math.toIntExact(tensor.size(-1));
    int[] values = toInts("image_text_alignment", slice(tensor, index, batch));
    int[][] rows = new int[regions][];
    for (int region = 0; region < regions; region++) {
      rows[region] = Arrays.copyOfRange(values, region * width, (region + 1) * width);
    }
    return rows;
  }

  /** Returns sequence {@code index} of a tensor whose leading axes hold {@code batch} sequences. */
  private static Tensor slice(Tensor tensor, int index, int batch) {
    long bytes = tensor.data().byteSize() / batch;
    long[] shape = Arrays.copyOfRange(tensor.shape(), tensor.rank() - 2, tensor.rank());
    return new Tensor(tensor.dtype(), shape, tensor.data().asSlice(index * bytes, bytes));
  }

  static int[] toInts(String name, Tensor tensor) {
    if (tensor.dtype().isFloatingPoint()) {
      throw new InvalidArgumentException(
          "%s is %s, expected integers".formatted(name, tensor.dtype()));
    }
    int[] values = new int[Math.toIntExact(tensor.elementCount())];
    for (int i = 0; i < values.length; i++) {
      long value = tensor.getLong(i);
      if (value != (int) value) {
        throw new InvalidArgumentException("%s holds %d at index %d".formatted(name, value, i));
      }
      values[i] = (int) value;
    }
    return values;
  }

  /** Returns the sums of the rows of {@code attention_mask}, which must hold integers. */
  long[] visibleTokens(String reader) {
    Tensor mask = require("attention_mask", reader);
    if (mask.dtype().isFloatingPoint()) {
      throw new InvalidArgumentException(
          "attention_mask is %s, %s needs integers".formatted(mask.dtype(), reader));
    }
    int text = textLength();
    long[] sums = new long[Math.toIntExact(mask.elementCount() / text)];
    for (int i = 0; i < mask.elementCount(); i++) {
      sums[i / text] +=
          mask.dtype() == DType.BOOL ? (mask.getLong(i) == 0 ? 0 : 1) : mask.getLong(i);
    }
    return sums;
  }

  private static boolean isBroadcast(Tensor tensor, long[] batchShape) {
    return product(batchShape) != 1
        && product(Arrays.copyOf(tensor.shape(), batchShape.length)) == 1;
  }

  static void requireRank(String name, Tensor tensor, int rank) {
    if (tensor.rank() != rank) {
      throw new InvalidArgumentException(
          "%s %s has %d dimensions, expected %d".formatted(name, tensor, tensor.rank(), rank));
    }
  }

  private static void requireBatch(String name, Tensor tensor, long[] batchShape) {
    long[] actual = Arrays.copyOf(tensor.shape(), batchShape.length);
    if (!Arrays.equals(actual, batchShape)) {
      throw new InvalidArgumentException(
          "%s is for a batch of %s, the text for one of %s"
              .formatted(name, Arrays.toString(actual), Arrays.toString(batchShape)));
    }
  }

  private static void requireLast(String name, Tensor tensor, int length, String what) {
    if (tensor.size(-1) != length) {
      throw new InvalidArgumentException(
          "%s has %d entries for %d %s".formatted(name, tensor.size(-1), length, what));
    }
  }

  private static long product(long[] sizes) {
    long product = 1;
    for (long size : sizes) {
      product *= size;
    }
    return product;
  }
}
