/** The kernels of VisualBERT on the Vector API. The only module that imports it. */
module io.github.visualbert.simd {
  requires io.github.visualbert.core;
  requires jdk.incubator.vector;

  provides io.github.visualbert.kernel.KernelProvider with
      io.github.visualbert.simd.VectorKernelProvider;
}
