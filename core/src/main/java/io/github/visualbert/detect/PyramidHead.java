package io.github.visualbert.detect;

import io.github.visualbert.detect.DetectorConfig.Pyramid;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;
import java.util.Arrays;

/**
 * The head that looks at each proposal on a pyramid: its cells of the level for its size, two
 * linear layers, of which the first gives the feature, and the logits of the classes.
 */
final class PyramidHead {
  /**
   * Regions that pass the first layer at once: its weights are read once for all of them, and of a
   * full-size network they take some 50 MB.
   */
  private static final int GROUP = 16 * Matrix.PANEL_ROWS;

  /** Regions whose pooled maps are handed over as a stage. */
  private static final int TRACED = 3;

  private final LinearWeights first;
  private final LinearWeights second;
  private final LinearWeights classes;
  private final DetectorConfig config;

  private PyramidHead(
      LinearWeights first, LinearWeights second, LinearWeights classes, DetectorConfig config) {
    this.first = first;
    this.second = second;
    this.classes = classes;
    this.config = config;
  }

  /**
   * Loads the head.
   *
   * @param channels of the pyramid
   */
  static PyramidHead load(DetectorWeights weights, int channels, DetectorConfig config) {
    int stated = config.pyramid().hidden();
    int in = channels * config.head().resolution() * config.head().resolution();
    int hidden = weights.size("roi_heads.fc6.weight", 0, 2, Math.max(stated, 1));
    weights.agree("MLP_HEAD_DIM", stated, "outputs of fc6", hidden);
    int rows = config.head().classes() + 1;
    int found = weights.size("roi_heads.cls_score.weight", 0, 2, rows);
    weights.agree("NUM_CLASSES", rows, "classes with background", found);
    return new PyramidHead(
        weights.linear("roi_heads.fc6", hidden, in),
        weights.linear("roi_heads.fc7", hidden, hidden),
        weights.linear("roi_heads.cls_score", rows, hidden),
        config);
  }

  int featureDim() {
    return first.outFeatures();
  }

  /**
   * A level that regions are pooled from.
   *
   * @param pixels (height x width, channels), ROWS
   */
  record Level(Matrix pixels, int height, int width) {}

  /**
   * What the head says of every proposal.
   *
   * @param features (regions, dim)
   * @param hidden (regions, dim) of the second layer
   * @param classLogits (regions, classes + 1), background first
   */
  record Outputs(float[] features, float[] hidden, float[] classLogits) {}

  /** Returns the number of the level that each region is pooled from. */
  int[] levels(float[] boxes) {
    return levels(boxes, config.pyramid());
  }

  static int[] levels(float[] boxes, Pyramid pyramid) {
    int[] levels = new int[boxes.length / 4];
    for (int r = 0; r < levels.length; r++) {
      float area =
          (boxes[4 * r + 2] - boxes[4 * r] + 1) * (boxes[4 * r + 3] - boxes[4 * r + 1] + 1);
      float size = (float) Math.sqrt(area) / (float) pyramid.canonicalSize() + 1e-6f;
      float octaves = (float) (StrictMath.log(size) / StrictMath.log(2));
      levels[r] =
          Math.clamp(
              (int) Math.floor(pyramid.canonicalLevel() + octaves),
              Pyramid.FIRST,
              Pyramid.LAST_POOLED);
    }
    return levels;
  }

  /**
   * Computes the outputs of proposals.
   *
   * @param levels from {@link Pyramid#FIRST} to {@link Pyramid#LAST_POOLED}
   * @param boxes of at least one region
   * @param chosen the number of the level of each
   */
  Outputs forward(
      Execution execution,
      Kernels kernels,
      Level[] levels,
      float[] boxes,
      int[] chosen,
      Stages traced) {
    Workspace workspace = execution.workspace();
    int count = chosen.length;
    float[] features = new float[Math.multiplyExact(count, featureDim())];
    int resolution = config.head().resolution();
    int channels = levels[0].pixels().columns();
    float[] pooled =
        traced.areWanted()
            ? new float[Math.min(TRACED, count) * channels * resolution * resolution]
            : new float[0];
    for (int level = Pyramid.FIRST; level <= Pyramid.LAST_POOLED; level++) {
      int[] regions = regionsOf(chosen, level);
      for (int from = 0; from < regions.length; from += GROUP) {
        int[] group = Arrays.copyOfRange(regions, from, Math.min(from + GROUP, regions.length));
        features(
            execution,
            kernels,
            levels[level - Pyramid.FIRST],
            level,
            boxes,
            group,
            features,
            pooled);
      }
    }
    if (traced.areWanted()) {
      traced.floats(
          "roi.pooled", pooled, Math.min(TRACED, count), channels, resolution, resolution);
    }
    long mark = workspace.mark();
    Matrix y = hidden(execution, kernels, features); // (regions, dim)
    float[] logits = RoiHead.linear(execution, kernels, y, classes);
    float[] hidden = y.toArray();
    workspace.release(mark);
    return new Outputs(features, hidden, logits);
  }

  private Matrix hidden(Execution execution, Kernels kernels, float[] features) {
    Matrix x = RegionNetwork.panels(execution, features, featureDim());
    Matrix y = execution.workspace().matrix(x.rows(), featureDim(), Layout.PANELS);
    kernels.linear(execution, x, second, Activation.RELU, y);
    return y;
  }

  /** Returns the logits of regions with these features, (regions, classes + 1). */
  float[] classLogits(Execution execution, Kernels kernels, float[] features) {
    return RoiHead.linear(execution, kernels, hidden(execution, kernels, features), classes);
  }

  private static int[] regionsOf(int[] chosen, int level) {
    int[] regions = new int[chosen.length];
    int count = 0;
    for (int r = 0; r < chosen.length; r++) {
      if (chosen[r] == level) {
        regions[count++] = r;
      }
    }
    return Arrays.copyOf(regions, count);
  }

  /** Writes the features of some regions of one level to their rows. */
  private void features(
      Execution execution,
      Kernels kernels,
      Level level,
      int number,
      float[] boxes,
      int[] regions,
      float[] features,
      float[] traced) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    float[] own = new float[4 * regions.length];
    for (int i = 0; i < regions.length; i++) {
      System.arraycopy(boxes, 4 * regions[i], own, 4 * i, 4);
    }
    int side = config.head().resolution();
    int channels = level.pixels().columns();
    Matrix x = // (regions, channels x side x side)
        workspace.matrix(regions.length, channels * side * side, Layout.PANELS);
    Matrix y = workspace.matrix(regions.length, featureDim(), Layout.ROWS);
    FeatureMap pooled = FeatureMap.stacked(workspace, regions.length, channels, side, side);
    kernels
        .images()
        .roiAlign(
            execution,
            level.pixels(),
            level.height(),
            level.width(),
            own,
            0,
            1f / (1 << number),
            config.pyramid().sampling(),
            pooled);
    kernels.images().flatten(execution, pooled, x);
    kernels.linear(execution, x, first, Activation.RELU, y);
    float[] row = new float[featureDim()];
    float[] cells = new float[x.columns()];
    for (int i = 0; i < regions.length; i++) {
      y.getRow(i, row);
      System.arraycopy(row, 0, features, regions[i] * row.length, row.length);
      if (regions[i] < traced.length / cells.length) {
        x.getRow(i, cells);
        System.arraycopy(cells, 0, traced, regions[i] * cells.length, cells.length);
      }
    }
    workspace.release(mark);
  }

  /** Returns the floats that a pass over some regions allocates at once. */
  long floats(int regions, int channels) {
    int group = Math.min(GROUP, regions);
    int side = config.head().resolution();
    long pooled = 2 * Maps.stackedFloats(group, channels, side) + (long) group * featureDim();
    long layers =
        2 * Matrix.floats(regions, featureDim(), Layout.PANELS)
            + (long) regions * classes.outFeatures();
    return Math.max(pooled, layers);
  }

  /** Returns the weights of all layers: the multiply-accumulates of a region. */
  long weights() {
    return (long) first.inFeatures() * first.outFeatures()
        + (long) second.inFeatures() * second.outFeatures()
        + (long) classes.inFeatures() * classes.outFeatures();
  }

  /** Returns the numbers of all outputs of a region. */
  long outputsPerRegion() {
    return 2L * featureDim() + 2L * classes.outFeatures();
  }
}
