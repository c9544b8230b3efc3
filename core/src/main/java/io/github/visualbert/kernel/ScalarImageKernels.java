package io.github.visualbert.kernel;

/** {@link ImageKernels} in plain Java: their executable specification. */
final class ScalarImageKernels implements ImageKernels {
  @Override
  public void convolve(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      FeatureMap residual,
      FeatureMap y) {
    ImageArguments.checkConvolve(x, convolution, residual, y);
    ScalarLinear.Weights weights =
        ScalarKernels.own(convolution.weights().prepared(execution.workers()));
    if (convolution.winograd()) {
      ScalarWinograd.run(execution, x, convolution, weights, y);
    } else {
      ScalarConvolution.run(execution, x, convolution, weights, residual, y);
    }
  }

  @Override
  public void maxPool(Execution execution, FeatureMap x, Window window, FeatureMap y) {
    ImageArguments.checkMaxPool(x, window, y);
    ScalarPooling.maxPool(execution, x, window, y);
  }

  @Override
  public void toRows(Execution execution, FeatureMap x, Matrix y) {
    ImageArguments.checkToRows(x, y);
    ScalarPooling.toRows(execution, x, y);
  }

  @Override
  public void roiPool(
      Execution execution,
      Matrix pixels,
      int height,
      int width,
      float[] boxes,
      int first,
      float scale,
      FeatureMap y) {
    ImageArguments.checkRegions(pixels, height, width, boxes, first, y);
    ScalarRegionPooling.roiPool(execution, pixels, height, width, boxes, first, scale, y);
  }

  @Override
  public void roiAlign(
      Execution execution,
      Matrix pixels,
      int height,
      int width,
      float[] boxes,
      int first,
      float scale,
      int sampling,
      FeatureMap y) {
    ImageArguments.checkRegions(pixels, height, width, boxes, first, y);
    ScalarRegionPooling.roiAlign(
        execution, pixels, height, width, boxes, first, scale, sampling, y);
  }

  @Override
  public void mean(Execution execution, FeatureMap x, Matrix y) {
    ImageArguments.checkMean(x, y);
    ScalarPooling.mean(execution, x, y);
  }

  @Override
  public void flatten(Execution execution, FeatureMap x, Matrix y) {
    ImageArguments.checkFlatten(x, y);
    ScalarPooling.flatten(execution, x, y);
  }

  @Override
  public void addUpsampled(Execution execution, FeatureMap x, FeatureMap y) {
    ImageArguments.checkAddUpsampled(x, y);
    ScalarPooling.addUpsampled(execution, x, y);
  }

  @Override
  public void norm(
      Execution execution,
      FeatureMap x,
      float[] scale,
      float[] shift,
      FeatureMap residual,
      Activation activation,
      FeatureMap y) {
    ImageArguments.checkNorm(x, scale, shift, residual, y);
    ScalarPooling.norm(execution, x, scale, shift, residual, activation, y);
  }
}
