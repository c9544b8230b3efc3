package io.github.visualbert.simd;

import io.github.visualbert.kernel.KernelProvider;
import io.github.visualbert.kernel.Kernels;
import java.nio.ByteOrder;

/**
 * Offers the vector kernels where the JVM runs them well.
 *
 * <p>Mentions no vector type, so it loads on every JVM. Classes that do are loaded after the
 * checks.
 */
public final class VectorKernelProvider implements KernelProvider {
  static final String NAME = "simd";

  private static final String MODULE = "jdk.incubator.vector";

  /**
   * The limit for three calls of {@link Math#fma}. Interpreted calls of the instruction take less,
   * even on a busy machine; calls of the fallback take more.
   */
  private static final long SLOW_FMA_NANOS = 2_000;

  private static final int FMA_RUNS = 40;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Kernels create() throws UnavailableException {
    try {
      Class.forName(MODULE + ".FloatVector", false, null);
    } catch (ClassNotFoundException e) {
      throw new UnavailableException(
          "module %s is not loaded: start java with --add-modules %s".formatted(MODULE, MODULE), e);
    }
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new UnavailableException(
          "the processor is big-endian, but weight files are little-endian");
    }
    String compiler =
        System.getProperty("java.vm.name", "") + ", " + System.getProperty("java.vm.info", "");
    if (compiler.contains("emulated-client")) {
      throw new UnavailableException(
          "vectors need HotSpot's compiler C2, which -XX:TieredStopAtLevel turns off: start java"
              + " without that option, and Quarkus's dev mode, which adds it, with -DforceC2=true");
    }
    if (compiler.contains("interpreted mode") || compiler.contains("OpenJ9")) {
      throw new UnavailableException(
          "vectors need the optimising compiler of HotSpot (C2) or Graal, this is " + compiler);
    }
    if (!hasFusedMultiplyAdd()) {
      throw new UnavailableException(
          "the processor, or the virtual machine around it, has no fused multiply-add");
    }
    try {
      return VectorProbe.kernels();
    } catch (LinkageError e) {
      throw new UnavailableException("the Vector API of this JVM is not the expected one: " + e, e);
    }
  }

  /**
   * Returns whether {@link Math#fma} is an instruction. If not, it computes with BigDecimal, and so
   * does every lane of a vector. No API says so, but the time does: BigDecimal takes over a hundred
   * times longer. The least of several runs does not depend on the machine's load.
   */
  private static boolean hasFusedMultiplyAdd() {
    float sum = 1f;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < FMA_RUNS; i++) {
      long begin = System.nanoTime();
      sum = Math.fma(sum, 0.37f, 0.71f);
      sum = Math.fma(sum, 0.39f, 0.73f);
      sum = Math.fma(sum, 0.41f, 0.79f);
      least = Math.min(least, System.nanoTime() - begin);
    }
    return least < SLOW_FMA_NANOS && sum > 0;
  }
}
