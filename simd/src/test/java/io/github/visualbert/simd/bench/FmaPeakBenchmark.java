package io.github.visualbert.simd.bench;

import io.github.visualbert.kernel.Kernels;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The FMA peak of one core: the loop by which {@code visualbert bench} measures it, too. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class FmaPeakBenchmark {
  private static final int ITERATIONS = 50_000;

  private final Kernels kernels = Operands.kernels("simd");

  /** Returns the floating-point operations of one {@link #run}. */
  double flops() {
    return 2.0 * ITERATIONS * kernels.multiplyAdds(1);
  }

  @Benchmark
  public long run() {
    return kernels.multiplyAdds(ITERATIONS);
  }
}
