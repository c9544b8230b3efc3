package io.github.visualbert.simd;

import io.github.visualbert.kernel.KernelProvider.UnavailableException;
import io.github.visualbert.kernel.Kernels;

/** The first class that uses the Vector API; loaded once the module is known to be there. */
final class VectorProbe {
  private static final int LEAST_BITS = 128;

  private VectorProbe() {}

  static Kernels kernels() throws UnavailableException {
    if (Lanes.BITS < LEAST_BITS) {
      throw new UnavailableException(
          "the widest vectors here have %d bits, need %d".formatted(Lanes.BITS, LEAST_BITS));
    }
    return new VectorKernels();
  }
}
