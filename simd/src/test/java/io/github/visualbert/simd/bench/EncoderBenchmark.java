package io.github.visualbert.simd.bench;

import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.tensor.DType;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Twelve layers with weights from memory: what a forward pass spends its time on. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class EncoderBenchmark {
  /** Sequences x rows of each. */
  @Param({"1x56", "1x120", "8x56"})
  public String batch;

  @Param("F32")
  public DType dtype;

  @Param({"1", "2"})
  public int threads;

  @Param("simd")
  public String provider;

  private Encoder encoder;

  static Encoder encoder(String provider, String batch, DType dtype, int threads) {
    String[] sizes = batch.split("x");
    int sequences = Integer.parseInt(sizes[0]);
    return new Encoder(provider, sequences, Integer.parseInt(sizes[1]), dtype, threads);
  }

  @Setup
  public void setUp() {
    encoder = encoder(provider, batch, dtype, threads);
  }

  @Benchmark
  public Matrix pass() {
    return encoder.pass();
  }

  @TearDown
  public void tearDown() {
    encoder.close();
  }
}
