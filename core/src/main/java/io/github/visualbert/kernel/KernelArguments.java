package io.github.visualbert.kernel;

import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The checks at the entry of every operation, the same for every provider.
 *
 * <p>Kernels address memory without further checks, so whatever could lead them outside a matrix is
 * caught here. All methods throw {@link IllegalArgumentException}, and allocate nothing when the
 * arguments are valid.
 */
public final class KernelArguments {
  private KernelArguments() {}

  /** Checks the arguments of {@link Kernels#prepare}. */
  public static void checkPrepare(Tensor weight, Tensor bias) {
    DType dtype = weight.dtype();
    if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
      throw illegal("linear weight is %s, expected F32, F16 or BF16", weight);
    }
    if (weight.rank() != 2
        || weight.size(0) > Integer.MAX_VALUE
        || weight.size(1) > Integer.MAX_VALUE) {
      throw illegal("linear weight is %s, expected (out features, in features)", weight);
    }
    if (!weight.data().isNative()) {
      throw illegal("linear weight is in heap memory, expected native memory");
    }
    if (bias != null
        && (bias.rank() != 1
            || bias.size(0) != weight.size(0)
            || !bias.dtype().isFloatingPoint())) {
      throw illegal("linear bias is %s, expected %d floating-point numbers", bias, weight.size(0));
    }
  }

  /** Checks the arguments of {@link Kernels#linear}. */
  public static void checkLinear(Matrix x, LinearWeights weights, Matrix y) {
    checkLayout("linear x", x, Layout.PANELS);
    if (x.columns() != weights.inFeatures()) {
      throw illegal(
          "linear x has %d columns, the weights have %d in features",
          x.columns(), weights.inFeatures());
    }
    checkShape("linear y", y, x.rows(), weights.outFeatures());
    checkApart("linear", x, y);
  }

  /** Checks the arguments of {@link Kernels#layerNorm}. */
  public static void checkLayerNorm(Matrix x, Matrix residual, LayerNormWeights weights, Matrix y) {
    checkLayout("layer norm x", x, Layout.PANELS);
    if (x.columns() != weights.features() || x.columns() == 0) {
      throw illegal(
          "layer norm x has %d columns, the weights have %d features",
          x.columns(), weights.features());
    }
    checkLayout("layer norm y", y, Layout.PANELS);
    checkShape("layer norm y", y, x.rows(), x.columns());
    checkSameOrApart("layer norm", x, y);
    if (residual != null) {
      checkLayout("layer norm residual", residual, Layout.PANELS);
      checkShape("layer norm residual", residual, x.rows(), x.columns());
      checkSameOrApart("layer norm", residual, y);
    }
  }

  /** Checks the arguments of {@link Kernels#attention}. */
  public static void checkAttention(
      Matrix q,
      Matrix k,
      Matrix v,
      int heads,
      List<AttentionSpan> spans,
      Matrix context,
      Matrix probabilities) {
    checkLayout("attention q", q, Layout.PANELS);
    checkLayout("attention k", k, Layout.ROWS);
    checkLayout("attention v", v, Layout.COLUMNS);
    checkLayout("attention context", context, Layout.PANELS);
    int hidden = q.columns();
    if (heads <= 0 || hidden == 0 || hidden % heads != 0) {
      throw illegal("attention has %d columns for %d heads", hidden, heads);
    }
    checkShape("attention k", k, k.rows(), hidden);
    checkShape("attention v", v, k.rows(), hidden);
    checkShape("attention context", context, q.rows(), hidden);
    checkApart("attention", q, context);
    checkApart("attention", k, context);
    checkApart("attention", v, context);
    long numbers = checkSpans(spans, q.rows(), k.rows(), heads);
    if (probabilities != null) {
      checkLayout("attention probabilities", probabilities, Layout.ROWS);
      long room = Matrix.floats(probabilities.rows(), probabilities.columns(), Layout.ROWS);
      if (room < numbers) {
        throw illegal("attention probabilities have room for %d numbers, need %d", room, numbers);
      }
    }
  }

  /** Returns how many probabilities the spans have. */
  private static long checkSpans(List<AttentionSpan> spans, int queryRows, int keyRows, int heads) {
    int row = 0;
    long numbers = 0;
    for (int i = 0; i < spans.size(); i++) {
      AttentionSpan span = spans.get(i);
      if (span.queryBegin() != row) {
        throw illegal(
            "attention span %d begins at query row %d, expected %d", i, span.queryBegin(), row);
      }
      if (span.keyEnd() > keyRows) {
        throw illegal(
            "attention span %d ends at key row %d, there are %d", i, span.keyEnd(), keyRows);
      }
      row = span.queryEnd();
      numbers =
          Math.addExact(
              numbers, Math.multiplyExact((long) heads * span.queries(), (long) span.keys()));
    }
    if (row != queryRows) {
      throw illegal("attention spans cover %d query rows of %d", row, queryRows);
    }
    return numbers;
  }

  static void checkLayout(String what, Matrix matrix, Layout expected) {
    if (matrix.layout() != expected) {
      throw illegal("%s is in %s, expected %s", what, matrix.layout(), expected);
    }
  }

  static void checkShape(String what, Matrix matrix, int rows, int columns) {
    if (matrix.rows() != rows || matrix.columns() != columns) {
      throw illegal(
          "%s is %d x %d, expected %d x %d", what, matrix.rows(), matrix.columns(), rows, columns);
    }
  }

  static void checkSameOrApart(String operation, Matrix in, Matrix out) {
    if (in.data().address() != out.data().address()) {
      checkApart(operation, in, out);
    }
  }

  static void checkApart(String operation, Matrix in, Matrix out) {
    MemorySegment a = in.data();
    MemorySegment b = out.data();
    if (a.address() + a.byteSize() > b.address() && b.address() + b.byteSize() > a.address()) {
      throw illegal("%s would write over its input", operation);
    }
  }

  private static IllegalArgumentException illegal(String message, Object... values) {
    return new IllegalArgumentException(message.formatted(values));
  }
}
