package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workspace;

/**
 * What VCR's tower makes of the last map of its backbone: pooled regions, their masks, the last
 * stage, and what the classes mean. Immutable.
 */
final class TowerHead {
  private static final String MASKS = "detector.mask_upsample";
  private static final String MEANING = "detector.object_embed.weight";
  private static final String OUT = "detector.obj_downsample.1";
  private static final Window HALVING = new Window(3, 2, 1, 1);
  private static final int STRIDE = 16;

  /** Cells of a pooled region on a side. */
  private static final int SIDE = 7;

  private final Kernels kernels;
  private final ResidualStage stage;
  private final Convolution masks;
  private final float[] embedding; // (classes, meaning)
  private final LinearWeights out;

  private TowerHead(
      Kernels kernels,
      ResidualStage stage,
      Convolution masks,
      float[] embedding,
      LinearWeights out) {
    this.kernels = kernels;
    this.stage = stage;
    this.masks = masks;
    this.embedding = embedding;
    this.out = out;
  }

  /**
   * Loads the head.
   *
   * @param channels of the backbone's last map
   */
  static TowerHead load(
      DetectorWeights weights, Kernels kernels, int channels, DetectorConfig.Network resnet) {
    ResidualStage stage = ResidualStage.load(weights, "roi_heads.res5", 5, channels, 1, 1, resnet);
    int masked = weights.size(MASKS + ".weight", 0, 4, 32);
    if (masked > channels) {
      weights.agree(MASKS, masked, "channels of the map at least", channels);
    }
    int meaning = weights.size(MEANING, 1, 2, 128);
    int dim = weights.size(OUT + ".weight", 0, 2, 512);
    return new TowerHead(
        kernels,
        stage,
        weights.biased(MASKS, masked, 1, HALVING, Activation.LINEAR),
        weights.floats(MEANING, TowerClasses.COUNT, meaning),
        weights.linear(OUT, dim, stage.channels() + meaning));
  }

  int featureDim() {
    return out.outFeatures();
  }

  int blocks() {
    return stage.blocks();
  }

  /**
   * Returns the features (regions, dim) of at least one region.
   *
   * @param pixels (height x width, channels) of the backbone's last map
   */
  float[] forward(
      Execution execution,
      Matrix pixels,
      int height,
      int width,
      TowerNetwork.Regions regions,
      Stages traced) {
    Workspace workspace = execution.workspace();
    int count = regions.count();
    int channels = pixels.columns();
    Trace trace = new Trace(traced, count, channels);
    float[] seen = new float[count * stage.channels()];
    for (int first = 0; first < count; first += RoiHead.GROUP) {
      int size = Math.min(RoiHead.GROUP, count - first);
      long mark = workspace.mark();
      FeatureMap pooled = // (channels, 7, 7) of each region
          FeatureMap.stacked(workspace, size, channels, SIDE, SIDE);
      kernels
          .images()
          .roiAlign(
              execution, pixels, height, width, regions.boxes(), first, 1f / STRIDE, 0, pooled);
      trace.pooled(first, pooled);
      mask(execution, regions.segms(), first, pooled);
      trace.masked(first, pooled);
      Matrix means = workspace.matrix(size, stage.channels(), Layout.PANELS);
      kernels.images().mean(execution, deep(execution, kernels.images(), pooled), means);
      System.arraycopy(means.toArray(), 0, seen, first * stage.channels(), size * stage.channels());
      workspace.release(mark);
    }
    trace.write();
    traced.floats("roi.features", seen, count, stage.channels());
    return embed(execution, seen, regions.classes());
  }

  /** Returns the last stage (dim of the head, 7, 7) of pooled regions. */
  private FeatureMap deep(Execution execution, ImageKernels images, FeatureMap pooled) {
    int side = stage.outputs(SIDE);
    FeatureMap deep =
        FeatureMap.stacked(execution.workspace(), pooled.maps(), stage.channels(), side, side);
    stage.forward(execution, images, pooled, deep);
    return deep;
  }

  /** Adds what the masks say to the first channels of pooled regions. */
  private void mask(Execution execution, float[] segms, int first, FeatureMap pooled) {
    int maps = pooled.maps();
    int cells = PolygonMask.SIZE * PolygonMask.SIZE;
    FeatureMap x = // (1, 14, 14) of each region
        FeatureMap.stacked(execution.workspace(), maps, 1, PolygonMask.SIZE, PolygonMask.SIZE);
    x.matrix().data().fill((byte) 0); // lanes beyond the last region
    for (int map = 0; map < maps; map++) {
      for (int cell = 0; cell < cells; cell++) {
        float value = segms[(first + map) * cells + cell] - 0.5f;
        x.set(map, 0, cell / PolygonMask.SIZE, cell % PolygonMask.SIZE, value);
      }
    }
    FeatureMap y = // (masked channels, 7, 7) of each region
        FeatureMap.stacked(execution.workspace(), maps, masks.outChannels(), SIDE, SIDE);
    kernels.images().convolve(execution, x, masks, null, y);
    for (int map = 0; map < maps; map++) {
      for (int c = 0; c < y.channels(); c++) {
        for (int cell = 0; cell < SIDE * SIDE; cell++) {
          int row = cell / SIDE;
          int column = cell % SIDE;
          pooled.set(
              map, c, row, column, pooled.get(map, c, row, column) + y.get(map, c, row, column));
        }
      }
    }
  }

  private float[] embed(Execution execution, float[] seen, int[] classes) {
    Workspace workspace = execution.workspace();
    int dim = stage.channels();
    int meaning = embedding.length / TowerClasses.COUNT;
    Matrix both = workspace.matrix(classes.length, dim + meaning, Layout.PANELS);
    float[] row = new float[dim + meaning];
    for (int r = 0; r < classes.length; r++) {
      System.arraycopy(seen, r * dim, row, 0, dim);
      System.arraycopy(embedding, classes[r] * meaning, row, dim, meaning);
      both.setRow(r, row);
    }
    Matrix features = workspace.matrix(classes.length, featureDim(), Layout.ROWS);
    kernels.linear(execution, both, out, Activation.RELU, features);
    return features.toArray();
  }

  /** Returns the multiply-accumulates of one region. */
  long multiplyAdds(Execution execution, int channels) {
    long mark = execution.workspace().mark();
    WorkCounter counter = new WorkCounter();
    deep(
        execution,
        counter.kernels(),
        FeatureMap.stacked(execution.workspace(), 1, channels, SIDE, SIDE));
    execution.workspace().release(mark);
    long mask = (long) SIDE * SIDE * masks.outChannels() * HALVING.taps();
    return counter.count() + mask + (long) out.outFeatures() * out.inFeatures();
  }

  /** Returns the floats that a pass over some regions allocates at once. */
  long floats(int regions, int channels) {
    int maps = Math.min(RoiHead.GROUP, regions);
    int side = stage.outputs(SIDE);
    long masking =
        Maps.stackedFloats(maps, 1, PolygonMask.SIZE)
            + Maps.stackedFloats(maps, masks.outChannels(), SIDE);
    long group =
        Maps.stackedFloats(maps, channels, SIDE)
            + masking
            + Maps.stackedFloats(maps, stage.channels(), side)
            + stage.floats(
                SIDE, SIDE, (depth, height, unused) -> Maps.stackedFloats(maps, depth, height))
            + Matrix.floats(maps, stage.channels(), Layout.PANELS);
    long embedding =
        Matrix.floats(regions, out.inFeatures(), Layout.PANELS)
            + Matrix.floats(regions, out.outFeatures(), Layout.ROWS);
    return Math.max(group, embedding);
  }

  /** Collects the pooled regions of all groups, where somebody listens. */
  private static final class Trace {
    private final Stages stages;
    private final int count;
    private final int channels;
    private final float[] pooled;
    private final float[] masked;

    Trace(Stages stages, int count, int channels) {
      this.stages = stages;
      this.count = count;
      this.channels = channels;
      int length = stages.areWanted() ? count * channels * SIDE * SIDE : 0;
      this.pooled = new float[length];
      this.masked = new float[length];
    }

    void pooled(int first, FeatureMap maps) {
      add(first, maps, pooled);
    }

    void masked(int first, FeatureMap maps) {
      add(first, maps, masked);
    }

    private void add(int first, FeatureMap maps, float[] all) {
      if (stages.areWanted()) {
        float[] values = maps.toArray();
        System.arraycopy(values, 0, all, first * channels * SIDE * SIDE, values.length);
      }
    }

    void write() {
      stages.floats("roi.pooled", pooled, count, channels, SIDE, SIDE);
      stages.floats("roi.masked", masked, count, channels, SIDE, SIDE);
    }
  }
}
