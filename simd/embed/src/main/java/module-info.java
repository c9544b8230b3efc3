/** VisualBERT on the JDK alone: core and its SIMD kernels, in one jar to embed. */
module io.github.visualbert {
  requires java.desktop; // ImageIO, to read pictures
  requires jdk.incubator.vector;

  exports io.github.visualbert;
  exports io.github.visualbert.config;
  exports io.github.visualbert.detect;
  exports io.github.visualbert.error;
  exports io.github.visualbert.forward;
  exports io.github.visualbert.picture;
  exports io.github.visualbert.task;
  exports io.github.visualbert.tensor;
  exports io.github.visualbert.vision;

  uses io.github.visualbert.kernel.KernelProvider;

  provides io.github.visualbert.kernel.KernelProvider with
      io.github.visualbert.simd.VectorKernelProvider;
}
