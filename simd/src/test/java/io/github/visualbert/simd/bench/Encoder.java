package io.github.visualbert.simd.bench;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.tensor.DType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The twelve layers of BERT-base with random weights of their own: 340 MB as floats, so every
 * weight comes from memory.
 */
final class Encoder implements AutoCloseable {
  /** The operations of a layer. */
  enum Op {
    QKV,
    ATTENTION,
    OUTPUT,
    NORM,
    UP,
    DOWN
  }

  private record Layer(
      LinearWeights q,
      LinearWeights k,
      LinearWeights v,
      LinearWeights output,
      LinearWeights up,
      LinearWeights down,
      LayerNormWeights norm) {}

  private static final int LAYERS = 12;
  private static final int HIDDEN = 768;
  private static final int INTERMEDIATE = 3072;
  private static final int HEADS = 12;

  private final Operands operands;
  private final List<Layer> layers = new ArrayList<>();
  private final List<AttentionSpan> spans = new ArrayList<>();
  private final Map<Op, Long> nanos = new EnumMap<>(Op.class);
  private final int rows;
  private final Matrix x;
  private final Matrix q;
  private final Matrix k;
  private final Matrix v;
  private final Matrix context;
  private final Matrix attended;
  private final Matrix raised;
  private long mark;

  Encoder(String provider, int sequences, int length, DType dtype, int threads) {
    operands = new Operands(provider, threads);
    rows = sequences * length;
    for (int row = 0; row < rows; row += length) {
      spans.add(new AttentionSpan(row, row + length, row, row + length, null));
    }
    x = operands.matrix(rows, HIDDEN, Layout.PANELS);
    q = operands.matrix(rows, HIDDEN, Layout.PANELS);
    k = operands.matrix(rows, HIDDEN, Layout.ROWS);
    v = operands.matrix(rows, HIDDEN, Layout.COLUMNS);
    context = operands.matrix(rows, HIDDEN, Layout.PANELS);
    attended = operands.matrix(rows, HIDDEN, Layout.PANELS);
    raised = operands.matrix(rows, INTERMEDIATE, Layout.PANELS);
    for (int i = 0; i < LAYERS; i++) {
      layers.add(
          new Layer(
              operands.weights(HIDDEN, HIDDEN, dtype),
              operands.weights(HIDDEN, HIDDEN, dtype),
              operands.weights(HIDDEN, HIDDEN, dtype),
              operands.weights(HIDDEN, HIDDEN, dtype),
              operands.weights(INTERMEDIATE, HIDDEN, dtype),
              operands.weights(HIDDEN, INTERMEDIATE, dtype),
              new LayerNormWeights(operands.vector(HIDDEN), operands.vector(HIDDEN), 1e-12f)));
    }
  }

  /** Returns the floating-point operations of one kind in a pass. */
  double flops(Op op) {
    double square = 2.0 * rows * HIDDEN * HIDDEN;
    return LAYERS
        * switch (op) {
          case QKV -> 3 * square;
          case OUTPUT -> square;
          case UP, DOWN -> square * INTERMEDIATE / HIDDEN;
          case ATTENTION -> 4.0 * rows * spans.getFirst().keys() * HIDDEN;
          case NORM -> 0;
        };
  }

  double flops() {
    double sum = 0;
    for (Op op : Op.values()) {
      sum += flops(op);
    }
    return sum;
  }

  /** Returns the time for each kind of operation in the last pass. */
  Map<Op, Long> nanos() {
    return nanos;
  }

  Matrix pass() {
    Kernels kernels = operands.kernels;
    Execution execution = operands.execution;
    nanos.clear();
    mark = System.nanoTime();
    for (Layer layer : layers) {
      kernels.linear(execution, x, layer.q, Activation.LINEAR, q);
      kernels.linear(execution, x, layer.k, Activation.LINEAR, k);
      kernels.linear(execution, x, layer.v, Activation.LINEAR, v);
      lap(Op.QKV);
      kernels.attention(execution, q, k, v, HEADS, spans, context, null);
      lap(Op.ATTENTION);
      kernels.linear(execution, context, layer.output, Activation.LINEAR, attended);
      lap(Op.OUTPUT);
      kernels.layerNorm(execution, attended, x, layer.norm, attended);
      lap(Op.NORM);
      kernels.linear(execution, attended, layer.up, Activation.GELU, raised);
      lap(Op.UP);
      kernels.linear(execution, raised, layer.down, Activation.LINEAR, x);
      lap(Op.DOWN);
      kernels.layerNorm(execution, x, attended, layer.norm, x);
      lap(Op.NORM);
    }
    return x;
  }

  private void lap(Op op) {
    long now = System.nanoTime();
    nanos.merge(op, now - mark, Long::sum);
    mark = now;
  }

  @Override
  public void close() {
    operands.close();
  }
}
