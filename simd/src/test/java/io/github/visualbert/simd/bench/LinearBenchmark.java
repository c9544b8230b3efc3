package io.github.visualbert.simd.bench;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.LinearWeights;
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

/**
 * Linear layers of BERT-base. With several copies of the weights, these come from memory, as in a
 * forward pass.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class LinearBenchmark {
  @Param({"1", "8", "20", "56", "120", "448"})
  public int rows;

  /** Output features x input features. */
  @Param({"768x768", "3072x768", "768x3072"})
  public String layer;

  @Param("F32")
  public DType dtype;

  @Param("LINEAR")
  public Activation activation;

  @Param("PANELS")
  public Matrix.Layout layout;

  /** Layers that are computed in turn, each with its own weights. */
  @Param("1")
  public int copies;

  @Param("1")
  public int threads;

  @Param("simd")
  public String provider;

  private Operands operands;
  private Matrix x;
  private LinearWeights[] weights;
  private Matrix y;
  private int next;

  static double flops(int rows, String layer) {
    String[] sizes = layer.split("x");
    return 2.0 * rows * Integer.parseInt(sizes[0]) * Integer.parseInt(sizes[1]);
  }

  @Setup
  public void setUp() {
    operands = new Operands(provider, threads);
    String[] sizes = layer.split("x");
    int out = Integer.parseInt(sizes[0]);
    int in = Integer.parseInt(sizes[1]);
    x = operands.matrix(rows, in, Matrix.Layout.PANELS);
    y = operands.matrix(rows, out, layout);
    weights = new LinearWeights[copies];
    for (int i = 0; i < copies; i++) {
      weights[i] = operands.weights(out, in, dtype);
    }
  }

  @Benchmark
  public Matrix linear() {
    operands.kernels.linear(operands.execution, x, weights[next++ % copies], activation, y);
    return y;
  }

  @TearDown
  public void tearDown() {
    operands.close();
  }
}
