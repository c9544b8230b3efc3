package io.github.visualbert.simd.bench;

import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
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

/** Residual and layer norm of BERT-base. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class LayerNormBenchmark {
  private static final int HIDDEN = 768;

  @Param({"1", "56", "448"})
  public int rows;

  @Param("1")
  public int threads;

  @Param("simd")
  public String provider;

  private Operands operands;
  private Matrix x;
  private Matrix residual;
  private Matrix y;
  private LayerNormWeights weights;

  @Setup
  public void setUp() {
    operands = new Operands(provider, threads);
    x = operands.matrix(rows, HIDDEN, Layout.PANELS);
    residual = operands.matrix(rows, HIDDEN, Layout.PANELS);
    y = operands.matrix(rows, HIDDEN, Layout.PANELS);
    weights = new LayerNormWeights(operands.vector(HIDDEN), operands.vector(HIDDEN), 1e-12f);
  }

  @Benchmark
  public Matrix layerNorm() {
    operands.kernels.layerNorm(operands.execution, x, residual, weights, y);
    return y;
  }

  @TearDown
  public void tearDown() {
    operands.close();
  }
}
