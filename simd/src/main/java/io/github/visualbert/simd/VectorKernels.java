package io.github.visualbert.simd;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.KernelArguments;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.tensor.Tensor;
import java.util.List;

/**
 * Kernels on the Vector API.
 *
 * <p>A panel holds 16 rows side by side, so a lane is a row. Every operation does to a lane what
 * the scalar kernels do to a row, in the same order, so its bits are the same at every vector
 * width.
 */
final class VectorKernels implements Kernels {
  private static final ImageKernels IMAGES = new VectorImageKernels();

  @Override
  public String provider() {
    return VectorKernelProvider.NAME;
  }

  @Override
  public String description() {
    String rate = PanelProduct.FULL_RATE_512 ? " at full rate" : "";
    String width = "Vector API, %d-bit vectors%s".formatted(Lanes.BITS, rate);
    return Memory.ABSOLUTE
        ? width
        : width
            + ", every memory access checked: faster with --enable-native-access="
            + (VectorKernels.class.getModule().isNamed()
                ? VectorKernels.class.getModule().getName()
                : "ALL-UNNAMED");
  }

  @Override
  public List<String> choices() {
    return List.of(PanelProduct.describe(), VectorLinear.describe());
  }

  @Override
  public LinearWeights prepare(Tensor weight, Tensor bias) {
    KernelArguments.checkPrepare(weight, bias);
    if (weight.size(1) > MicrokernelConstants.INDEX) {
      throw new IllegalArgumentException(
          "linear weight is %s, expected at most %d input features"
              .formatted(weight, MicrokernelConstants.INDEX));
    }
    return new VectorWeights(
        weight, bias == null ? new float[(int) weight.size(0)] : bias.toFloatArray());
  }

  @Override
  public void linear(
      Execution execution, Matrix x, LinearWeights weights, Activation activation, Matrix y) {
    KernelArguments.checkLinear(x, weights, y);
    VectorLinear.run(execution, x, VectorWeights.own(weights), activation, y);
  }

  @Override
  public void layerNorm(
      Execution execution, Matrix x, Matrix residual, LayerNormWeights weights, Matrix y) {
    KernelArguments.checkLayerNorm(x, residual, weights, y);
    VectorLayerNorm.run(execution, x, residual, weights, y);
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
    VectorAttention.run(execution, q, k, v, heads, spans, context, probabilities);
  }

  @Override
  public ImageKernels images() {
    return IMAGES;
  }

  @Override
  public long multiplyAdds(long iterations) {
    return FmaPeak.run(iterations);
  }
}
