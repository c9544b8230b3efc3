package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workspace;
import java.util.List;

/** VCR's network: a ResNet-50 that looks at given boxes through their masks. Immutable. */
final class TowerNetwork {
  private static final String MASKS = "detector.mask_upsample";
  private static final String MEANING = "detector.object_embed.weight";
  private static final String OUT = "detector.obj_downsample.1";
  private static final Window HALVING = new Window(3, 2, 1, 1);
  private static final int STRIDE = 16;

  /** Cells of a pooled region on a side. */
  private static final int SIDE = 7;

  private static final DetectorConfig.Network RESNET =
      new DetectorConfig.Network(
          List.of(),
          1,
          DetectorConfig.UNSTATED,
          DetectorConfig.UNSTATED,
          DetectorConfig.UNSTATED,
          true,
          false);

  private final Kernels kernels;
  private final ResNet backbone;
  private final ResidualStage head;
  private final Convolution masks;
  private final float[] embedding; // (classes, meaning)
  private final LinearWeights out;

  private TowerNetwork(
      Kernels kernels,
      ResNet backbone,
      ResidualStage head,
      Convolution masks,
      float[] embedding,
      LinearWeights out) {
    this.kernels = kernels;
    this.backbone = backbone;
    this.head = head;
    this.masks = masks;
    this.embedding = embedding;
    this.out = out;
  }

  /**
   * Loads the network.
   *
   * @param batchStatistics whether the backbone normalises by the picture, not by stored numbers
   * @throws io.github.visualbert.error.ModelException when the weights do not fit it
   */
  static TowerNetwork load(DetectorWeights weights, Kernels kernels, boolean batchStatistics) {
    if (weights.isEmpty()) {
      throw weights.mismatch(
          "expected VCR's tower, tensors detector.…, found none; the authors' .th file has it,"
              + " conversions for transformers leave it out");
    }
    weights.useBatchStatistics(batchStatistics);
    ResNet backbone = ResNet.load(weights, "backbone", 4, RESNET);
    weights.useBatchStatistics(false);
    ResidualStage head =
        ResidualStage.load(weights, "roi_heads.res5", 5, backbone.channels(), 1, 1, RESNET);
    int masked = weights.size(MASKS + ".weight", 0, 4, 32);
    if (masked > backbone.channels()) {
      weights.agree(MASKS, masked, "channels of the map at least", backbone.channels());
    }
    int meaning = weights.size(MEANING, 1, 2, 128);
    int dim = weights.size(OUT + ".weight", 0, 2, 512);
    TowerNetwork network =
        new TowerNetwork(
            kernels,
            backbone,
            head,
            weights.biased(MASKS, masked, 1, HALVING, Activation.LINEAR),
            weights.floats(MEANING, TowerClasses.COUNT, meaning),
            weights.linear(OUT, dim, head.channels() + meaning));
    weights.orThrow();
    return network;
  }

  int featureDim() {
    return out.outFeatures();
  }

  String describe() {
    return "ResNet of %s + %d blocks, %d channels of features"
        .formatted(backbone.blocks(), head.blocks(), featureDim());
  }

  /** Returns whether the last map of a canvas has a cell. */
  boolean sees(int width, int height) {
    return backbone.outputs(width) > 0 && backbone.outputs(height) > 0;
  }

  /**
   * What is looked at.
   *
   * @param boxes x1, y1, x2, y2 of each region in pixels of the canvas
   * @param segms (regions, 14, 14), 1 where a region is
   * @param classes of each region
   */
  record Regions(float[] boxes, float[] segms, int[] classes) {
    int count() {
      return classes.length;
    }
  }

  /** Returns the features (regions, dim) of at least one region of a canvas (3, h, w). */
  float[] forward(Execution execution, FeatureMap x, Regions regions, Stages traced) {
    Workspace workspace = execution.workspace();
    int height = backbone.outputs(x.height());
    int width = backbone.outputs(x.width());
    FeatureMap map = backbone.forward(execution, kernels.images(), x, traced); // (res4, h/16, w/16)
    Matrix pixels = // (height x width, channels of res4)
        workspace.matrix(height * width, map.channels(), Layout.ROWS);
    kernels.images().toRows(execution, map, pixels);
    int count = regions.count();
    int channels = map.channels();
    Trace trace = new Trace(traced, count, channels);
    float[] seen = new float[count * head.channels()];
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
      int side = head.outputs(SIDE);
      FeatureMap deep = // (dim of the head, 7, 7) of each region
          FeatureMap.stacked(workspace, size, head.channels(), side, side);
      head.forward(execution, kernels.images(), pooled, deep);
      Matrix means = workspace.matrix(size, head.channels(), Layout.PANELS);
      kernels.images().mean(execution, deep, means);
      System.arraycopy(means.toArray(), 0, seen, first * head.channels(), size * head.channels());
      workspace.release(mark);
    }
    trace.write();
    traced.floats("roi.features", seen, count, head.channels());
    return embed(execution, seen, regions.classes());
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
    int dim = head.channels();
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
