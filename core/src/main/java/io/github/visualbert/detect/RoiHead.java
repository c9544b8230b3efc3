package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;

/**
 * The head that looks at each proposal: its cells of the map pooled, the last stage of the ResNet,
 * the mean as its feature, and from that the class, a box for each class and the attributes.
 */
final class RoiHead {
  /**
   * Regions that pass res5 at once: two panels of each pixel, so that every weight that is read
   * serves 32 lanes, and the maps of a full-size network take some 100 MB.
   */
  static final int GROUP = 2 * Matrix.PANEL_ROWS;

  /** Regions whose pooled maps are handed over as a stage. */
  private static final int TRACED = 3;

  private final ResidualStage res5;
  private final LinearWeights classes;
  private final LinearWeights boxes;
  private final AttributeHead attributes; // or null
  private final int resolution;

  private RoiHead(
      ResidualStage res5,
      LinearWeights classes,
      LinearWeights boxes,
      AttributeHead attributes,
      int resolution) {
    this.res5 = res5;
    this.classes = classes;
    this.boxes = boxes;
    this.attributes = attributes;
    this.resolution = resolution;
  }

  /**
   * Loads the head.
   *
   * @param name what its names begin with
   * @param in channels of the map
   */
  static RoiHead load(DetectorWeights weights, String name, int in, DetectorConfig config) {
    DetectorConfig.Head head = config.head();
    ResidualStage res5 =
        ResidualStage.load(
            weights,
            name + ".res5",
            5,
            in,
            head.halved() ? 2 : 1,
            head.halved() ? 1 : 2,
            config.network());
    String predictor = name + ".box_predictor.";
    int dim = res5.channels();
    int found = weights.size(predictor + "cls_score.weight", 0, 2, head.classes() + 1) - 1;
    weights.agree("num_classes", head.classes(), "classes without background", found);
    int rows = head.classes() + 1;
    return new RoiHead(
        res5,
        weights.linear(predictor + "cls_score", rows, dim),
        weights.linear(predictor + "bbox_pred", head.boxesForAll() ? 4 : 4 * head.classes(), dim),
        head.attributes() == 0
            ? AttributeHead.none(weights, predictor)
            : AttributeHead.load(weights, predictor, rows, dim, head.attributes()),
        head.resolution());
  }

  int featureDim() {
    return res5.channels();
  }

  ResidualStage res5() {
    return res5;
  }

  int resolution() {
    return resolution;
  }

  /** Returns the floats that a pass over some regions allocates at once. */
  long floats(int regions, int channels) {
    int maps = Math.min(GROUP, regions);
    int side = res5.outputs(resolution);
    long group =
        Maps.stackedFloats(maps, channels, resolution)
            + Maps.stackedFloats(maps, featureDim(), side)
            + res5.floats(
                resolution,
                resolution,
                (depth, height, unused) -> Maps.stackedFloats(maps, depth, height));
    long linear = (long) regions * Math.max(classes.outFeatures(), boxes.outFeatures());
    long hidden = attributes == null ? 0 : attributes.floats(regions);
    return Matrix.floats(regions, featureDim(), Layout.PANELS)
        + Math.max(group, Math.max(linear, hidden));
  }

  /** Returns the numbers of all outputs of a region. */
  long outputsPerRegion() {
    return featureDim() + classes.outFeatures() + boxes.outFeatures();
  }

  /**
   * What the head says of every proposal.
   *
   * @param features (regions, dim)
   * @param classLogits (regions, classes + 1), background last
   * @param boxDeltas (regions, 4 for each class or 4 for all)
   * @param attributeLogits (regions, attributes + 1), "none" last; null for a head without
   */
  record Outputs(
      float[] features, float[] classLogits, float[] boxDeltas, float[] attributeLogits) {}

  /**
   * Computes the outputs of proposals.
   *
   * @param pixels the map (height x width, in), ROWS
   * @param regions at least one
   */
  Outputs forward(
      Execution execution,
      Kernels kernels,
      Matrix pixels,
      int height,
      int width,
      Proposals regions,
      Stages traced) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    int count = regions.count();
    Matrix features = // (regions, dim)
        workspace.matrix(count, featureDim(), Layout.PANELS);
    for (int first = 0; first < count; first += GROUP) {
      int size = Math.min(GROUP, count - first);
      features(
          execution,
          kernels,
          pixels,
          height,
          width,
          regions.boxes(),
          first,
          rows(features, first, size),
          traced);
    }
    float[] classLogits = linear(execution, kernels, features, classes);
    float[] boxDeltas = linear(execution, kernels, features, boxes);
    float[] attributeLogits =
        attributes == null ? null : attributes.forward(execution, kernels, features, classLogits);
    float[] all = features.toArray();
    workspace.release(mark);
    return new Outputs(all, classLogits, boxDeltas, attributeLogits);
  }

  /** Returns the logits of regions with these features, (regions, classes + 1). */
  float[] classLogits(Execution execution, Kernels kernels, float[] features) {
    return linear(
        execution, kernels, RegionNetwork.panels(execution, features, featureDim()), classes);
  }

  /** Returns some rows of a matrix, from the first of a panel on. */
  private static Matrix rows(Matrix matrix, int first, int count) {
    long at = Float.BYTES * matrix.index(first, 0);
    long bytes = Float.BYTES * Matrix.floats(count, matrix.columns(), Layout.PANELS);
    return new Matrix(matrix.data().asSlice(at, bytes), count, matrix.columns(), Layout.PANELS);
  }

  private void features(
      Execution execution,
      Kernels kernels,
      Matrix pixels,
      int height,
      int width,
      float[] boxes,
      int first,
      Matrix features,
      Stages traced) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    FeatureMap pooled = // (in, resolution, resolution) of each region
        FeatureMap.stacked(workspace, features.rows(), pixels.columns(), resolution, resolution);
    kernels
        .images()
        .roiPool(
            execution, pixels, height, width, boxes, first, 1f / RegionProposals.STRIDE, pooled);
    if (first == 0 && traced.areWanted()) {
      trace(pooled, traced);
    }
    int side = res5.outputs(resolution);
    FeatureMap seen = // (dim, side, side) of each region
        FeatureMap.stacked(workspace, features.rows(), featureDim(), side, side);
    res5.forward(execution, kernels.images(), pooled, seen);
    kernels.images().mean(execution, seen, features);
    workspace.release(mark);
  }

  private static void trace(FeatureMap pooled, Stages traced) {
    int maps = Math.min(TRACED, pooled.maps());
    int side = pooled.width();
    float[] values = new float[maps * pooled.channels() * side * side];
    int i = 0;
    for (int map = 0; map < maps; map++) {
      for (int c = 0; c < pooled.channels(); c++) {
        for (int cell = 0; cell < side * side; cell++) {
          values[i++] = pooled.get(map, c, cell / side, cell % side);
        }
      }
    }
    traced.floats("roi.pooled", values, maps, pooled.channels(), side, side);
  }

  /** Returns (rows, out features) of a linear layer. */
  static float[] linear(Execution execution, Kernels kernels, Matrix x, LinearWeights weights) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    Matrix y = workspace.matrix(x.rows(), weights.outFeatures(), Layout.ROWS);
    kernels.linear(execution, x, weights, Activation.LINEAR, y);
    float[] values = y.toArray();
    workspace.release(mark);
    return values;
  }
}
