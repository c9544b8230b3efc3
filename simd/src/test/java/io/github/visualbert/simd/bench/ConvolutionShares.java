package io.github.visualbert.simd.bench;

import io.github.visualbert.tensor.DType;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Param;

/**
 * Prints what share of the FMA peak each convolution reaches, all in one process, convolution and
 * peak in turn.
 *
 * <p>Arguments: seconds for each, threads, then shapes, or none for those of {@link
 * ConvolutionBenchmark}; a shape that begins with w is computed by Winograd's form. The share
 * counts the multiply-adds of the direct form, so that one passes 1.
 */
public final class ConvolutionShares {
  private ConvolutionShares() {}

  public static void main(String[] args) throws NoSuchFieldException {
    double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 2;
    int threads = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    String[] shapes =
        args.length > 2
            ? Arrays.copyOfRange(args, 2, args.length)
            : ConvolutionBenchmark.class.getField("shape").getAnnotation(Param.class).value();
    System.out.printf(
        "%-28s %9s %9s %7s %7s%n", "convolution", "least ms", "median ms", "share", "median");
    for (String shape : shapes) {
      measure(shape, threads, seconds);
    }
  }

  private static void measure(String shape, int threads, double seconds) {
    FmaPeakBenchmark peak = new FmaPeakBenchmark();
    ConvolutionBenchmark benchmark = new ConvolutionBenchmark();
    benchmark.dtype = DType.F32;
    benchmark.threads = threads;
    benchmark.provider = "simd";
    benchmark.winograd = shape.startsWith("w");
    benchmark.shape = shape.startsWith("w") ? shape.substring(1) : shape;
    benchmark.setUp();
    long warm = System.nanoTime() + 2_000_000_000L;
    while (System.nanoTime() < warm) {
      benchmark.convolve();
      peak.run();
    }
    double fastest = Double.MAX_VALUE;
    double[] times = new double[100_000];
    int count = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (count < 3 || System.nanoTime() < end && count < times.length) {
      long begin = System.nanoTime();
      benchmark.convolve();
      times[count++] = System.nanoTime() - begin;
      begin = System.nanoTime();
      peak.run();
      fastest = Math.min(fastest, System.nanoTime() - begin);
    }
    benchmark.tearDown();
    Arrays.sort(times, 0, count);
    double flops = ConvolutionBenchmark.flops(benchmark.shape);
    double rate = threads * peak.flops() / fastest;
    System.out.printf(
        "%-28s %9.2f %9.2f %7.3f %7.3f%n",
        shape,
        times[0] / 1e6,
        times[count / 2] / 1e6,
        flops / times[0] / rate,
        flops / times[count / 2] / rate);
  }
}
