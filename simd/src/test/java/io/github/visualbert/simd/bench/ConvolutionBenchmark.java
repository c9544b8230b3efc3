package io.github.visualbert.simd.bench;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

/** Convolutions of the published detectors, with batch norm, residual and ReLU. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class ConvolutionBenchmark {
  private static final Pattern SHAPE =
      Pattern.compile(
          "(?<size>\\d)x\\d(/(?<stride>\\d))?(d(?<dilation>\\d))?(g(?<groups>\\d+))?"
              + " (?<in>\\d+)-(?<out>\\d+) (?<height>\\d+)x(?<width>\\d+)( x(?<maps>\\d+))?");

  /**
   * Window, stride after a slash, dilation after d, groups after g; in and out channels; height and
   * width of the input; number of maps, if they are stacked.
   */
  @Param({
    "7x7/2 3-64 800x1067",
    "1x1 64-64 200x267",
    "3x3 64-64 200x267",
    "1x1 64-256 200x267",
    "1x1 256-64 200x267",
    "1x1/2 256-128 200x267",
    "3x3 128-128 100x134",
    "1x1 128-512 100x134",
    "1x1 512-128 100x134",
    "3x3 256-256 50x67",
    "1x1 256-1024 50x67",
    "1x1 1024-256 50x67",
    "3x3 1024-512 50x67",
    "1x1 1024-512 14x14 x32",
    "3x3d2 512-512 14x14 x32",
    "1x1 512-2048 14x14 x32",
    "1x1 2048-512 14x14 x32",
    "1x1 1024-2048 14x14 x32"
  })
  public String shape;

  @Param("F32")
  public DType dtype;

  @Param("1")
  public int threads;

  /** Whether 3 x 3 windows of stride 1 are computed by Winograd's form. */
  @Param("false")
  public boolean winograd;

  @Param("simd")
  public String provider;

  private Operands operands;
  private FeatureMap x;
  private Convolution convolution;
  private FeatureMap residual;
  private FeatureMap y;

  private static int number(Matcher shape, String group, int otherwise) {
    return shape.group(group) == null ? otherwise : Integer.parseInt(shape.group(group));
  }

  private static Matcher parse(String shape) {
    Matcher matcher = SHAPE.matcher(shape);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(shape);
    }
    return matcher;
  }

  private static Window window(Matcher shape) {
    int size = number(shape, "size", 0);
    int dilation = number(shape, "dilation", 1);
    return new Window(size, number(shape, "stride", 1), size / 2 * dilation, dilation);
  }

  /** Returns two for every multiply-add, those with padding counted in. */
  static double flops(String shape) {
    Matcher s = parse(shape);
    Window window = window(s);
    return 2.0
        * number(s, "out", 0)
        * (number(s, "in", 0) / number(s, "groups", 1))
        * window.taps()
        * window.outputs(number(s, "height", 0))
        * window.outputs(number(s, "width", 0))
        * number(s, "maps", 1);
  }

  @Setup
  public void setUp() {
    Matcher s = parse(shape);
    Window window = window(s);
    operands = new Operands(provider, threads);
    int in = number(s, "in", 0);
    int out = number(s, "out", 0);
    int groups = number(s, "groups", 1);
    int maps = number(s, "maps", 0);
    int height = number(s, "height", 0);
    int width = number(s, "width", 0);
    x = operands.map(maps, in, height, width);
    y = operands.map(maps, out, window.outputs(height), window.outputs(width));
    residual =
        in < out && window.size() == 1
            ? operands.map(maps, out, window.outputs(height), window.outputs(width))
            : null;
    float[] norm = operands.vector(out);
    Tensor weight = operands.weight(out, in / groups, window.size(), dtype);
    convolution =
        winograd
            ? Convolution.winograd(
                operands.kernels, weight, norm, norm, window, Activation.RELU, Arena.ofAuto())
            : Convolution.direct(
                operands.kernels, weight, norm, norm, window, groups, Activation.RELU);
  }

  @TearDown
  public void tearDown() {
    operands.close();
  }

  @Benchmark
  public void convolve() {
    operands.kernels.images().convolve(operands.execution, x, convolution, residual, y);
  }
}
