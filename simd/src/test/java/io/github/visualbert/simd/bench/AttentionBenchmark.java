package io.github.visualbert.simd.bench;

import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import java.util.ArrayList;
import java.util.List;
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

/** Attention of BERT-base: 12 heads of 64 features. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class AttentionBenchmark {
  private static final int HIDDEN = 768;
  private static final int HEADS = 12;

  /** Sequences x rows of each. */
  @Param({"1x20", "1x56", "1x120", "8x56", "8x53"})
  public String batch;

  @Param("1")
  public int threads;

  @Param("simd")
  public String provider;

  private Operands operands;
  private Matrix q;
  private Matrix k;
  private Matrix v;
  private List<AttentionSpan> spans;
  private Matrix context;

  /** Both products, softmax not counted. */
  static double flops(String batch) {
    String[] sizes = batch.split("x");
    double length = Integer.parseInt(sizes[1]);
    return 4.0 * Integer.parseInt(sizes[0]) * length * length * HIDDEN;
  }

  @Setup
  public void setUp() {
    operands = new Operands(provider, threads);
    String[] sizes = batch.split("x");
    int length = Integer.parseInt(sizes[1]);
    int rows = Integer.parseInt(sizes[0]) * length;
    q = operands.matrix(rows, HIDDEN, Layout.PANELS);
    k = operands.matrix(rows, HIDDEN, Layout.ROWS);
    v = operands.matrix(rows, HIDDEN, Layout.COLUMNS);
    context = operands.matrix(rows, HIDDEN, Layout.PANELS);
    spans = new ArrayList<>();
    for (int row = 0; row < rows; row += length) {
      spans.add(new AttentionSpan(row, row + length, row, row + length, null));
    }
  }

  @Benchmark
  public Matrix attention() {
    operands.kernels.attention(operands.execution, q, k, v, HEADS, spans, context, null);
    return context;
  }

  @TearDown
  public void tearDown() {
    operands.close();
  }
}
