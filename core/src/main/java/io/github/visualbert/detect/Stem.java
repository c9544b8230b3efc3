package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Window;

/** The start of a ResNet: a 7 x 7 convolution of stride 2, and max pooling of stride 2. */
final class Stem {
  private static final Window SEVEN = new Window(7, 2, 3, 1);

  private final NormedConvolution convolution;
  private final boolean caffePooling;

  private Stem(NormedConvolution convolution, boolean caffePooling) {
    this.convolution = convolution;
    this.caffePooling = caffePooling;
  }

  /**
   * @param caffePooling whether windows are not padded, and one that is cut at the border counts
   */
  static Stem load(DetectorWeights weights, String name, int channels, boolean caffePooling) {
    return new Stem(weights.normed(name, channels, 3, SEVEN, 1, Activation.RELU), caffePooling);
  }

  int channels() {
    return convolution.outChannels();
  }

  /** Returns the length after the stem; 0 when the picture is too small for it. */
  int outputs(int length) {
    return pooled(SEVEN.outputs(length), caffePooling);
  }

  /** Returns the length of a map after the pooling. */
  static int pooled(int length, boolean caffePooling) {
    return caffePooling ? Math.ceilDiv(length - 3, 2) + 1 : pooling(false).outputs(length);
  }

  static Window pooling(boolean caffePooling) {
    return new Window(3, 2, caffePooling ? 0 : 1, 1);
  }

  /** Returns the floats that a pass allocates beside its input and output. */
  long floats(int height, int width) {
    return Maps.floats(channels(), SEVEN.outputs(height), SEVEN.outputs(width));
  }

  /** Computes y (channels, h / 4, w / 4) of a picture x (3, h, w). */
  void forward(Execution execution, ImageKernels kernels, FeatureMap x, FeatureMap y) {
    long mark = execution.workspace().mark();
    FeatureMap convolved = // (channels, h / 2, w / 2)
        FeatureMap.of(
            execution.workspace(), channels(), SEVEN.outputs(x.height()), SEVEN.outputs(x.width()));
    convolution.forward(execution, kernels, x, null, convolved);
    kernels.maxPool(execution, convolved, pooling(caffePooling), y);
    execution.workspace().release(mark);
  }
}
