package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workspace;

/**
 * The block of a deep ResNet: 1 x 1 to few channels, 3 x 3, 1 x 1 to many, and the input added
 * before the last ReLU; each convolution with its batch norm.
 */
final class Bottleneck {
  private final NormedConvolution reduce;
  private final NormedConvolution across;
  private final NormedConvolution expand;
  private final NormedConvolution shortcut; // or null, where the input is added as it is

  private Bottleneck(
      NormedConvolution reduce,
      NormedConvolution across,
      NormedConvolution expand,
      NormedConvolution shortcut) {
    this.reduce = reduce;
    this.across = across;
    this.expand = expand;
    this.shortcut = shortcut;
  }

  /**
   * What is the same in all blocks of a stage.
   *
   * @param inner channels between the convolutions
   * @param out channels of the output
   * @param strideFirst whether the first convolution strides, not the second
   */
  record Shape(int inner, int out, int groups, boolean strideFirst, int dilation) {}

  /** The input is added as it is where it has as many channels as the output. */
  static Bottleneck load(DetectorWeights weights, String name, int in, int stride, Shape shape) {
    int inner = shape.inner();
    Window first = new Window(1, shape.strideFirst() ? stride : 1, 0, 1);
    Window second =
        new Window(3, shape.strideFirst() ? 1 : stride, shape.dilation(), shape.dilation());
    return new Bottleneck(
        weights.normed(name + ".conv1", inner, in, first, 1, Activation.RELU),
        weights.normed(name + ".conv2", inner, inner, second, shape.groups(), Activation.RELU),
        weights.normed(name + ".conv3", shape.out(), inner, Window.PIXEL, 1, Activation.RELU),
        in == shape.out()
            ? null
            : weights.normed(
                name + ".shortcut",
                shape.out(),
                in,
                new Window(1, stride, 0, 1),
                1,
                Activation.LINEAR));
  }

  /**
   * Computes y (out, h / stride, w / stride) of x (in, h, w).
   *
   * @param spare like y, for the shortcut's output
   */
  void forward(
      Execution execution, ImageKernels kernels, FeatureMap x, FeatureMap y, FeatureMap spare) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    FeatureMap reduced = Maps.of(workspace, x, reduce.outChannels(), reduce.window()); // (inner, …)
    reduce.forward(execution, kernels, x, null, reduced);
    FeatureMap seen =
        Maps.of(
            workspace,
            reduced,
            across.outChannels(),
            across.window()); // (inner, h / stride, w / stride)
    across.forward(execution, kernels, reduced, null, seen);
    if (shortcut != null) {
      shortcut.forward(execution, kernels, x, null, spare);
    }
    expand.forward(execution, kernels, seen, shortcut == null ? x : spare, y);
    workspace.release(mark);
  }
}
