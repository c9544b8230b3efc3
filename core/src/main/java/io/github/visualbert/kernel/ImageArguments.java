package io.github.visualbert.kernel;

import io.github.visualbert.kernel.FeatureMap.Order;
import io.github.visualbert.kernel.Matrix.Layout;

/**
 * The checks at the entry of every operation of {@link ImageKernels}, the same for every provider.
 * All methods throw {@link IllegalArgumentException}.
 */
public final class ImageArguments {
  private ImageArguments() {}

  /** Checks the arguments of {@link ImageKernels#convolve}. */
  public static void checkConvolve(
      FeatureMap x, Convolution convolution, FeatureMap residual, FeatureMap y) {
    Window window = convolution.window();
    if (x.channels() != convolution.inChannels()) {
      throw illegal("convolution x is %s, expected %d channels", x, convolution.inChannels());
    }
    if (y.channels() != convolution.outChannels()
        || y.order() != x.order()
        || y.maps() != x.maps()
        || y.height() != window.outputs(x.height())
        || y.width() != window.outputs(x.width())) {
      throw illegal(
          "convolution y is %s, expected %d maps of %d x %d x %d, %s",
          y,
          x.maps(),
          convolution.outChannels(),
          window.outputs(x.height()),
          window.outputs(x.width()),
          x.order());
    }
    if (residual != null && convolution.winograd()) {
      throw illegal("a Winograd convolution takes no residual");
    }
    if (residual != null && !(residual.isLike(y) && residual.channels() == y.channels())) {
      throw illegal("convolution residual is %s, expected one like y, %s", residual, y);
    }
    KernelArguments.checkApart("convolution", x.matrix(), y.matrix());
    if (residual != null) {
      KernelArguments.checkSameOrApart("convolution", residual.matrix(), y.matrix());
    }
  }

  /** Checks the arguments of {@link ImageKernels#maxPool}. */
  public static void checkMaxPool(FeatureMap x, Window window, FeatureMap y) {
    if (y.channels() != x.channels() || y.order() != x.order() || y.maps() != x.maps()) {
      throw illegal("max pool y is %s, expected as many maps and channels as x, %s", y, x);
    }
    if (!isInside(window, y.height(), x.height()) || !isInside(window, y.width(), x.width())) {
      throw illegal("max pool from %s to %s: a window has no pixel", x, y);
    }
    KernelArguments.checkApart("max pool", x.matrix(), y.matrix());
  }

  /** Returns whether every window holds a pixel. */
  private static boolean isInside(Window window, int outputs, int inputs) {
    return outputs > 0
        && window.padding() < window.dilation() * (window.size() - 1) + 1
        && (long) (outputs - 1) * window.stride() - window.padding() < inputs;
  }

  /** Checks the arguments of {@link ImageKernels#toRows}. */
  public static void checkToRows(FeatureMap x, Matrix y) {
    if (x.order() != Order.PIXELS) {
      throw illegal("to rows: x is %s, expected PIXELS", x);
    }
    KernelArguments.checkLayout("to rows y", y, Layout.ROWS);
    KernelArguments.checkShape("to rows y", y, x.pixels(), x.channels());
    KernelArguments.checkApart("to rows", x.matrix(), y);
  }

  /** Checks the arguments of {@link ImageKernels#roiPool} and {@link ImageKernels#roiAlign}. */
  public static void checkRegions(
      Matrix pixels, int height, int width, float[] boxes, int first, FeatureMap y) {
    KernelArguments.checkLayout("region pooling x", pixels, Layout.ROWS);
    KernelArguments.checkShape(
        "region pooling x", pixels, Math.multiplyExact(height, width), y.channels());
    if (y.order() != Order.STACKED || y.height() != y.width()) {
      throw illegal("region pooling y is %s, expected STACKED square maps", y);
    }
    if (height < 1 || width < 1 || first < 0 || boxes.length / 4 - first < y.maps()) {
      throw illegal(
          "region pooling of %d x %d cells: regions %d to %d, there are %d",
          height, width, first, first + y.maps(), boxes.length / 4);
    }
    KernelArguments.checkApart("region pooling", pixels, y.matrix());
  }

  /** Checks the arguments of {@link ImageKernels#mean}. */
  public static void checkMean(FeatureMap x, Matrix y) {
    if (x.order() != Order.STACKED || x.pixels() < 1) {
      throw illegal("mean x is %s, expected STACKED", x);
    }
    KernelArguments.checkLayout("mean y", y, Layout.PANELS);
    KernelArguments.checkShape("mean y", y, x.maps(), x.channels());
    KernelArguments.checkApart("mean", x.matrix(), y);
  }

  /** Checks the arguments of {@link ImageKernels#flatten}. */
  public static void checkFlatten(FeatureMap x, Matrix y) {
    if (x.order() != Order.STACKED) {
      throw illegal("flatten x is %s, expected STACKED", x);
    }
    KernelArguments.checkLayout("flatten y", y, Layout.PANELS);
    KernelArguments.checkShape(
        "flatten y", y, x.maps(), Math.multiplyExact(x.channels(), x.pixels()));
    KernelArguments.checkApart("flatten", x.matrix(), y);
  }

  /** Checks the arguments of {@link ImageKernels#addUpsampled}. */
  public static void checkAddUpsampled(FeatureMap x, FeatureMap y) {
    if (x.order() != Order.PIXELS
        || y.order() != Order.PIXELS
        || y.channels() != x.channels()
        || y.height() != 2 * x.height()
        || y.width() != 2 * x.width()) {
      throw illegal("upsampling from %s to %s, expected twice the size", x, y);
    }
    KernelArguments.checkApart("upsampling", x.matrix(), y.matrix());
  }

  /** Checks the arguments of {@link ImageKernels#norm}. */
  public static void checkNorm(
      FeatureMap x, float[] scale, float[] shift, FeatureMap residual, FeatureMap y) {
    if (scale.length != x.channels() || shift.length != x.channels()) {
      throw illegal("norm of %s has %d scales, %d shifts", x, scale.length, shift.length);
    }
    if (!y.isLike(x)
        || y.channels() != x.channels()
        || residual != null && !(residual.isLike(x) && residual.channels() == x.channels())) {
      throw illegal("norm of %s with %s to %s, expected maps alike", x, residual, y);
    }
    KernelArguments.checkSameOrApart("norm", x.matrix(), y.matrix());
    if (residual != null) {
      KernelArguments.checkSameOrApart("norm", residual.matrix(), y.matrix());
    }
  }

  private static IllegalArgumentException illegal(String message, Object... values) {
    return new IllegalArgumentException(message.formatted(values));
  }
}
