package io.github.visualbert.detect;

import io.github.visualbert.detect.DetectorConfig.Pyramid;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workspace;
import java.util.ArrayList;
import java.util.List;

/**
 * A feature pyramid: every stage of a backbone brought to the same channels, what the coarser ones
 * see added from above, and a convolution of 3 x 3. One more level is every second pixel of the
 * last.
 */
final class FeaturePyramid {
  /** Every second pixel. */
  private static final Window HALF = new Window(1, 2, 0, 1);

  private static final Window THREE = new Window(3, 1, 1, 1);

  private final int channels;
  private final List<Convolution> inner; // of res2 to res5
  private final List<Convolution> outer;

  private FeaturePyramid(int channels, List<Convolution> inner, List<Convolution> outer) {
    this.channels = channels;
    this.inner = inner;
    this.outer = outer;
  }

  /** Loads the layers for the stages of a backbone. */
  static FeaturePyramid load(DetectorWeights weights, ResNet backbone, int stated) {
    List<ResidualStage> stages = backbone.stages();
    String first = name("inner", 0, stages.getFirst());
    int channels = weights.size(first + ".weight", 0, 4, Math.max(stated, 1));
    weights.agree("OUT_CHANNELS or DIM", stated, "channels of the pyramid", channels);
    FeaturePyramid pyramid = new FeaturePyramid(channels, new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < stages.size(); i++) {
      ResidualStage stage = stages.get(i);
      pyramid.inner.add(
          weights.biased(
              name("inner", i, stage),
              channels,
              stage.channels(),
              Window.PIXEL,
              Activation.LINEAR));
      pyramid.outer.add(
          weights.biased(name("output", i, stage), channels, channels, THREE, Activation.LINEAR));
    }
    return pyramid;
  }

  private static String name(String layer, int index, ResidualStage stage) {
    return "pyramid.%s.%d.%d".formatted(layer, Pyramid.FIRST + index, stage.blocks() - 1);
  }

  int channels() {
    return channels;
  }

  /** Receives the levels one by one; a map is valid until it returns. */
  @FunctionalInterface
  interface Levels {
    void level(int number, FeatureMap map);
  }

  /**
   * Computes the levels and hands them over, the coarsest last: so the largest maps are the first
   * to be given back.
   *
   * @param maps of res2 to res5
   */
  void forward(Execution execution, ImageKernels kernels, List<FeatureMap> maps, Levels levels) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    FeatureMap[] sums = new FeatureMap[maps.size()];
    for (int i = maps.size() - 1; i > 0; i--) {
      sums[i] = like(workspace, maps.get(i));
      sum(execution, kernels, maps, sums, i);
    }
    for (int i = 0; i < maps.size(); i++) {
      long level = workspace.mark();
      FeatureMap map = like(workspace, maps.get(i)); // (channels, h / 2^level, w / 2^level)
      long first = workspace.mark();
      if (i == 0) { // none is added to a finer one, so it need not stay
        sums[i] = like(workspace, map);
        sum(execution, kernels, maps, sums, i);
      }
      kernels.convolve(execution, sums[i], outer.get(i), null, map);
      workspace.release(first);
      levels.level(Pyramid.FIRST + i, map);
      if (i == maps.size() - 1) {
        FeatureMap half =
            FeatureMap.of(
                workspace, channels(), HALF.outputs(map.height()), HALF.outputs(map.width()));
        kernels.maxPool(execution, map, HALF, half);
        levels.level(Pyramid.LAST, half);
      }
      workspace.release(level);
    }
    workspace.release(mark);
  }

  private FeatureMap like(Workspace workspace, FeatureMap map) {
    return FeatureMap.of(workspace, channels(), map.height(), map.width());
  }

  private void sum(
      Execution execution, ImageKernels kernels, List<FeatureMap> maps, FeatureMap[] sums, int i) {
    kernels.convolve(execution, maps.get(i), inner.get(i), null, sums[i]);
    if (i + 1 < sums.length) {
      kernels.addUpsampled(execution, sums[i + 1], sums[i]);
    }
  }

  /** Returns the floats that stay while the first level, the largest, is computed and used. */
  long floats(int height, int width) {
    long floats = 0;
    for (int i = 0; i < inner.size(); i++) {
      int level = Pyramid.FIRST + i;
      floats += Maps.floats(channels(), height >> level, width >> level);
    }
    return floats;
  }
}
