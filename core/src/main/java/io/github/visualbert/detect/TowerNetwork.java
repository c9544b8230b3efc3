package io.github.visualbert.detect;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;
import java.util.List;
import java.util.function.Function;

/** VCR's network: a ResNet-50 that looks at given boxes through their masks. Immutable. */
final class TowerNetwork {
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
  private final TowerHead head;

  private TowerNetwork(Kernels kernels, ResNet backbone, TowerHead head) {
    this.kernels = kernels;
    this.backbone = backbone;
    this.head = head;
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
    TowerHead head = TowerHead.load(weights, kernels, backbone.channels(), RESNET);
    weights.orThrow();
    return new TowerNetwork(kernels, backbone, head);
  }

  ResNet backbone() {
    return backbone;
  }

  TowerHead head() {
    return head;
  }

  Kernels kernels() {
    return kernels;
  }

  int featureDim() {
    return head.featureDim();
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

  /**
   * Returns the features (regions, dim) of at least one region.
   *
   * @param canvas makes the canvas (3, height, width) in a workspace
   */
  float[] forward(
      Execution execution,
      int height,
      int width,
      Function<Workspace, FeatureMap> canvas,
      Regions regions,
      Stages traced) {
    BottomUpAttention.reserve(
        execution, floats(height, width, regions.count()) + scratch(execution.workers().count()));
    return pass(execution, height, width, canvas, regions, traced);
  }

  /** Does what {@link #forward} does, in a workspace that grows where it must. */
  float[] pass(
      Execution execution,
      int height,
      int width,
      Function<Workspace, FeatureMap> canvas,
      Regions regions,
      Stages traced) {
    Workspace workspace = execution.workspace();
    Matrix pixels = pixels(workspace, height, width);
    long mark = workspace.mark();
    look(execution, canvas.apply(workspace), pixels, traced);
    workspace.release(mark);
    return head.forward(
        execution, pixels, backbone.outputs(height), backbone.outputs(width), regions, traced);
  }

  /** Makes a matrix for the last map: (height x width of the map, channels). */
  Matrix pixels(Workspace workspace, int height, int width) {
    return workspace.matrix(
        backbone.outputs(height) * backbone.outputs(width), backbone.channels(), Layout.ROWS);
  }

  /** Computes the last map of a canvas. */
  void look(Execution execution, FeatureMap canvas, Matrix pixels, Stages traced) {
    FeatureMap map = // (channels, h / 16, w / 16)
        backbone.forward(execution, kernels.images(), canvas, traced);
    kernels.images().toRows(execution, map, pixels);
  }

  /** Returns the floats that a pass over some regions of a canvas allocates at once. */
  long floats(int height, int width, int regions) {
    long pixels = (long) backbone.outputs(height) * backbone.outputs(width) * backbone.channels();
    long maps = Maps.floats(3, height, width) + backbone.floats(height, width);
    return pixels + Math.max(maps, head.floats(regions, backbone.channels()));
  }

  /** Returns about how many bytes a canvas takes while some regions of it are looked at. */
  long bytes(int height, int width, int regions, int workers) {
    long heap = 3L * height * width; // the scaled picture
    return Float.BYTES * (floats(height, width, regions) + heap + scratch(workers));
  }

  private long scratch(int workers) {
    return workers * BottomUpAttention.scratchPerWorker(backbone.channels());
  }
}
