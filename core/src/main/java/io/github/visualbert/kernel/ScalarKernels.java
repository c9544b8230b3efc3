package io.github.visualbert.kernel;

import io.github.visualbert.tensor.Tensor;
import java.util.List;

/**
 * Kernels in plain Java: the executable specification of {@link Kernels}, used where the Vector API
 * cannot run.
 *
 * <p>Each operation copies a block of its operands to the heap, computes 16 rows at a time there,
 * and copies the results back. Plain arrays are fast in the interpreter and in C1 too, so a cold
 * process answers soon; the copies cost a few per cent of the arithmetic. The arrays belong to the
 * {@link Execution}.
 */
public final class ScalarKernels implements Kernels {
  public static final String PROVIDER = "scalar";

  private static final ImageKernels IMAGES = new ScalarImageKernels();

  @Override
  public String provider() {
    return PROVIDER;
  }

  @Override
  public String description() {
    return "plain Java, one number at a time";
  }

  @Override
  public LinearWeights prepare(Tensor weight, Tensor bias) {
    KernelArguments.checkPrepare(weight, bias);
    return new ScalarLinear.Weights(weight, bias == null ? null : bias.toFloatArray());
  }

  @Override
  public void linear(
      Execution execution, Matrix x, LinearWeights weights, Activation activation, Matrix y) {
    KernelArguments.checkLinear(x, weights, y);
    ScalarLinear.run(execution, x, own(weights), activation, y);
  }

  /** Returns weights that these kernels prepared. */
  static ScalarLinear.Weights own(LinearWeights weights) {
    if (!(weights instanceof ScalarLinear.Weights prepared)) {
      throw new IllegalArgumentException(
          "linear weights are %s, expected those that %s prepared"
              .formatted(weights.getClass().getName(), PROVIDER));
    }
    return prepared;
  }

  @Override
  public void layerNorm(
      Execution execution, Matrix x, Matrix residual, LayerNormWeights weights, Matrix y) {
    KernelArguments.checkLayerNorm(x, residual, weights, y);
    ScalarLayerNorm.run(execution, x, residual, weights, y);
  }

  @Override
  public void attention(
      Execution execution,
      Matrix q,
      Matrix k,
      Matrix v,
      int heads,
      List<AttentionSpan> spans,
      Matrix context,
      Matrix probabilities) {
    KernelArguments.checkAttention(q, k, v, heads, spans, context, probabilities);
    ScalarAttention.run(execution, q, k, v, heads, spans, context, probabilities);
  }

  @Override
  public ImageKernels images() {
    return IMAGES;
  }

  @Override
  public long multiplyAdds(long iterations) {
    // Ten chains: a fused multiply-add has a latency of 4 or 5 cycles, and two issue per cycle.
    float factor = 0.5f;
    float a = 1;
    float b = 2;
    float c = 3;
    float d = 4;
    float e = 5;
    float f = 6;
    float g = 7;
    float h = 8;
    float i = 9;
    float j = 10;
    for (long n = 0; n < iterations; n++) {
      a = Math.fma(a, factor, factor);
      b = Math.fma(b, factor, factor);
      c = Math.fma(c, factor, factor);
      d = Math.fma(d, factor, factor);
      e = Math.fma(e, factor, factor);
      f = Math.fma(f, factor, factor);
      g = Math.fma(g, factor, factor);
      h = Math.fma(h, factor, factor);
      i = Math.fma(i, factor, factor);
      j = Math.fma(j, factor, factor);
    }
    float sum = a + b + c + d + e + f + g + h + i + j; // at least 10; its use keeps the loop
    return sum > 0 ? 10 * iterations : 0;
  }
}
