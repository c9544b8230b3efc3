package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.OpGolden;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operations of the golden data, on the provider that the build names. */
class ImageKernelsGoldenTest {
  private final Kernels kernels =
      KernelSelection.select(System.getProperty("visualbert.provider", "scalar")).kernels();
  private final Arena arena = Arena.ofConfined();
  private final Workspace workspace = new Workspace();
  private final Execution execution = new Execution(Workers.of(1), workspace);
  private final List<String> failures = new ArrayList<>();

  @AfterEach
  void freeMemory() {
    workspace.close();
    arena.close();
  }

  @Test
  void convolves() {
    for (OpGolden golden : OpGolden.all("conv2d")) {
      JsonObject arguments = golden.arguments();
      int size = golden.in("weight").size(2);
      Window window =
          new Window(
              size,
              arguments.getInt("stride"),
              arguments.getInt("padding"),
              arguments.getInt("dilation"));
      int groups = arguments.getInt("groups");
      float[] shift = golden.in("bias").floats();
      float[] scale = new float[shift.length];
      Arrays.fill(scale, 1);
      Tensor weight = tensor(golden.in("weight"));
      check(
          golden,
          Convolution.direct(kernels, weight, scale, shift, window, groups, Activation.LINEAR));
      if (size == 3 && window.stride() == 1 && groups == 1) {
        check(
            golden,
            Convolution.winograd(kernels, weight, scale, shift, window, Activation.LINEAR, arena));
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void normalises() {
    for (OpGolden golden : OpGolden.all("conv_norm")) {
      FrozenBatchNorm norm =
          FrozenBatchNorm.of(
              golden.in("weight").floats(),
              golden.in("bias").floats(),
              golden.in("running_mean").floats(),
              golden.in("running_var").floats(),
              golden.arguments().getDouble("eps"));
      golden.compare("a", norm.scale(), failures);
      golden.compare("b", norm.shift(), failures);
      check(
          golden,
          Convolution.direct(
              kernels,
              tensor(golden.in("conv_weight")),
              norm.scale(),
              norm.shift(),
              Window.PIXEL,
              1,
              Activation.LINEAR));
    }
    assertThat(failures).isEmpty();
  }

  private void check(OpGolden golden, Convolution convolution) {
    FeatureMap x = map(golden.in("x"));
    FeatureMap y =
        FeatureMap.of(workspace, convolution.outChannels(), height(golden), width(golden));
    kernels.images().convolve(execution, x, convolution, null, y);
    golden.compare("y", y.toArray(), failures);
  }

  @Test
  void takesMaxima() {
    for (OpGolden golden : OpGolden.all("max_pool")) {
      FeatureMap x = map(golden.in("x"));
      boolean caffe = golden.arguments().getBoolean("caffe");
      assertThat(Stem.pooled(x.height(), caffe)).as(golden.name()).isEqualTo(height(golden));
      assertThat(Stem.pooled(x.width(), caffe)).as(golden.name()).isEqualTo(width(golden));
      FeatureMap y = FeatureMap.of(workspace, x.channels(), height(golden), width(golden));
      kernels.images().maxPool(execution, x, Stem.pooling(caffe), y);
      golden.compare("y", y.toArray(), failures);
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void poolsRegions() {
    for (OpGolden golden : OpGolden.all("roi_pool")) {
      FeatureMap x = map(golden.in("x"));
      float[] boxes = golden.in("boxes").floats();
      FeatureMap y = regions(golden, x);
      kernels
          .images()
          .roiPool(execution, rows(x), x.height(), x.width(), boxes, 0, scale(golden), y);
      golden.compare("y", y.toArray(), failures);
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void alignsRegions() {
    for (OpGolden golden : OpGolden.all("roi_align")) {
      FeatureMap x = map(golden.in("x"));
      float[] boxes = golden.in("boxes").floats();
      FeatureMap y = regions(golden, x);
      int sampling = golden.arguments().getInt("sampling");
      kernels
          .images()
          .roiAlign(
              execution, rows(x), x.height(), x.width(), boxes, 0, scale(golden), sampling, y);
      golden.compare("y", y.toArray(), failures);
    }
    assertThat(failures).isEmpty();
  }

  private static float scale(OpGolden golden) {
    return (float) golden.arguments().getDouble("scale");
  }

  private FeatureMap regions(OpGolden golden, FeatureMap x) {
    int side = golden.arguments().getInt("size");
    return FeatureMap.stacked(workspace, golden.in("boxes").size(0), x.channels(), side, side);
  }

  private Matrix rows(FeatureMap x) {
    Matrix rows = workspace.matrix(x.pixels(), x.channels(), Layout.ROWS);
    kernels.images().toRows(execution, x, rows);
    return rows;
  }

  private static int height(OpGolden golden) {
    return golden.out("y").size(2);
  }

  private static int width(OpGolden golden) {
    return golden.out("y").size(3);
  }

  /** Returns (1, channels, height, width) or (channels, height, width) numbers as a map. */
  private FeatureMap map(OpGolden.Values values) {
    int last = values.shape().length - 1;
    int channels = values.size(last - 2);
    int height = values.size(last - 1);
    int width = values.size(last);
    FeatureMap map = FeatureMap.of(workspace, channels, height, width);
    float[] numbers = values.floats();
    for (int i = 0; i < numbers.length; i++) {
      int pixel = i % (height * width);
      map.set(0, i / (height * width), pixel / width, pixel % width, numbers[i]);
    }
    return map;
  }

  private Tensor tensor(OpGolden.Values values) {
    MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values.floats());
    return new Tensor(DType.F32, values.shape(), data);
  }
}
