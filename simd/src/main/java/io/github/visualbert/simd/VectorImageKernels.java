package io.github.visualbert.simd;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageArguments;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Window;

/** The operations of a detector's network on the Vector API. */
final class VectorImageKernels implements ImageKernels {
  @Override
  public void convolve(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      FeatureMap residual,
      FeatureMap y) {
    ImageArguments.checkConvolve(x, convolution, residual, y);
    VectorWeights weights = VectorWeights.own(convolution.weights().prepared(execution.workers()));
    if (convolution.winograd()) {
      VectorWinograd.run(execution, x, convolution, weights, y);
    } else if (VectorGroupedConvolution.fits(x, convolution, weights, y)) {
      VectorGroupedConvolution.run(execution, x, convolution, weights, residual, y);
    } else {
      VectorConvolution.run(execution, x, convolution, weights, residual, y);
    }
  }

  @Override
  public void maxPool(Execution execution, FeatureMap x, Window window, FeatureMap y) {
    ImageArguments.checkMaxPool(x, window, y);
    VectorPooling.maxPool(execution, x, window, y);
  }

  @Override
  public void toRows(Execution execution, FeatureMap x, Matrix y) {
    ImageArguments.checkToRows(x, y);
    VectorPooling.toRows(execution, x, y);
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
    VectorRegionPooling.roiPool(execution, pixels, height, width, boxes, first, scale, y);
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
    VectorRegionPooling.roiAlign(
        execution, pixels, height, width, boxes, first, scale, sampling, y);
  }

  @Override
  public void mean(Execution execution, FeatureMap x, Matrix y) {
    ImageArguments.checkMean(x, y);
    VectorPooling.mean(execution, x, y);
  }

  @Override
  public void flatten(Execution execution, FeatureMap x, Matrix y) {
    ImageArguments.checkFlatten(x, y);
    VectorPooling.flatten(execution, x, y);
  }

  @Override
  public void addUpsampled(Execution execution, FeatureMap x, FeatureMap y) {
    ImageArguments.checkAddUpsampled(x, y);
    VectorPooling.addUpsampled(execution, x, y);
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
    VectorPooling.norm(execution, x, scale, shift, residual, activation, y);
  }
}
