package io.github.visualbert.detect;

import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Kernels that count the work of convolutions instead of computing anything. */
final class WorkCounter implements InvocationHandler {
  private long count;

  ImageKernels kernels() {
    return (ImageKernels)
        Proxy.newProxyInstance(
            ImageKernels.class.getClassLoader(), new Class<?>[] {ImageKernels.class}, this);
  }

  /** Returns the multiply-accumulates so far. */
  long count() {
    return count;
  }

  @Override
  public Object invoke(Object kernels, Method operation, Object[] arguments) {
    if (operation.getName().equals("convolve")) {
      FeatureMap x = (FeatureMap) arguments[1];
      Convolution convolution = (Convolution) arguments[2];
      FeatureMap y = (FeatureMap) arguments[4];
      count +=
          (long) y.maps()
              * y.pixels()
              * y.channels()
              * (x.channels() / convolution.groups())
              * convolution.window().taps();
    }
    return null;
  }
}
