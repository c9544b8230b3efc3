package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Window;

/**
 * A convolution and the batch norm behind it, which is either frozen into it or takes the
 * statistics of the map itself, padding included.
 *
 * @param convolution with the frozen norm and the activation, or with neither
 * @param batch the norm by the map's statistics; null for a frozen one
 */
record NormedConvolution(Convolution convolution, BatchNorm batch) {

  /**
   * A batch norm whose mean and variance are those of its input.
   *
   * @param gain (channels)
   * @param bias (channels)
   */
  record BatchNorm(float[] gain, float[] bias, double epsilon, Activation activation) {}

  int outChannels() {
    return convolution.outChannels();
  }

  Window window() {
    return convolution.window();
  }

  /** Computes y of x; the residual is added before the activation, null for none. */
  void forward(
      Execution execution, ImageKernels kernels, FeatureMap x, FeatureMap residual, FeatureMap y) {
    if (batch == null) {
      kernels.convolve(execution, x, convolution, residual, y);
      return;
    }
    kernels.convolve(execution, x, convolution, null, y);
    float[] scale = new float[y.channels()];
    float[] shift = new float[y.channels()];
    execution.workers().forEach(y.channels(), (channel, _) -> measure(y, channel, scale, shift));
    kernels.norm(execution, y, scale, shift, residual, batch.activation(), y);
  }

  /** Computes mean and biased variance of a channel in double, in the order of the pixels. */
  private void measure(FeatureMap map, int channel, float[] scale, float[] shift) {
    int count = map.pixels();
    double sum = 0;
    for (int pixel = 0; pixel < count; pixel++) {
      sum += map.matrix().get(pixel, channel);
    }
    double mean = sum / count;
    double squares = 0;
    for (int pixel = 0; pixel < count; pixel++) {
      double difference = map.matrix().get(pixel, channel) - mean;
      squares += difference * difference;
    }
    double a = batch.gain()[channel] / Math.sqrt(squares / count + batch.epsilon());
    scale[channel] = (float) a;
    shift[channel] = (float) (batch.bias()[channel] - mean * a);
  }
}
