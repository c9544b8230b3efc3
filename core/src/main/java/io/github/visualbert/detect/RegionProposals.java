package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workspace;
import java.util.Arrays;

/**
 * The region proposal network: at every cell of a map, how much each anchor looks like an object,
 * and which box it should be.
 */
final class RegionProposals {
  /** Pixels of the scaled picture for a cell of res4. */
  static final int STRIDE = 16;

  private final Convolution hidden;
  private final Convolution objectness;
  private final Convolution deltas;
  private final Anchors anchors;
  private final DetectorConfig.Proposals config;
  private final BoxConvention convention;

  private RegionProposals(
      Convolution hidden,
      Convolution objectness,
      Convolution deltas,
      Anchors anchors,
      DetectorConfig.Proposals config,
      BoxConvention convention) {
    this.hidden = hidden;
    this.objectness = objectness;
    this.deltas = deltas;
    this.anchors = anchors;
    this.config = config;
    this.convention = convention;
  }

  /**
   * Loads the network.
   *
   * @param name what its names begin with
   * @param in channels of the map
   */
  static RegionProposals load(
      DetectorWeights weights,
      String name,
      int in,
      DetectorConfig config,
      BoxConvention convention) {
    DetectorConfig.Proposals proposals = config.proposals();
    Anchors anchors = anchors(weights, name + ".anchor_generator.cell_anchors.0", config.anchors());
    int stated = proposals.hidden() == DetectorConfig.UNSTATED ? in : proposals.hidden();
    String head = name + ".rpn_head.";
    int hidden = weights.size(head + "conv.weight", 0, 4, stated);
    weights.agree("hidden_channels", stated, "hidden channels of the proposals", hidden);
    int perCell = anchors.perCell();
    return new RegionProposals(
        weights.biased(head + "conv", hidden, in, new Window(3, 1, 1, 1), Activation.RELU),
        weights.biased(
            head + "objectness_logits", perCell, hidden, Window.PIXEL, Activation.LINEAR),
        weights.biased(
            head + "anchor_deltas", 4 * perCell, hidden, Window.PIXEL, Activation.LINEAR),
        anchors,
        proposals,
        convention);
  }

  /** Stored anchors are used; where there are none, those of the configuration. */
  private static Anchors anchors(
      DetectorWeights weights, String name, DetectorConfig.AnchorShapes shapes) {
    float[] cell = Anchors.centred(shapes.sizes(), shapes.ratios());
    if (weights.has(name)) {
      float[] stored = weights.floats(name, cell.length / 4, 4);
      cell = stored == null ? cell : stored;
    }
    return new Anchors(cell, STRIDE, (float) shapes.offset());
  }

  int hiddenChannels() {
    return hidden.outChannels();
  }

  int anchorsPerCell() {
    return anchors.perCell();
  }

  /** What the network says of every anchor: (anchors) and (anchors, 4). */
  record Outputs(float[] logits, float[] deltas, int columns) {}

  /** Returns the floats that a pass allocates beside its input. */
  long floats(int height, int width) {
    return Maps.floats(hiddenChannels(), height, width)
        + Maps.floats(anchorsPerCell(), height, width)
        + Maps.floats(4 * anchorsPerCell(), height, width);
  }

  /** Computes the outputs of all anchors of a map (in, height, width). */
  Outputs forward(Execution execution, ImageKernels kernels, FeatureMap map) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    FeatureMap seen = // (hidden, height, width)
        FeatureMap.of(workspace, hiddenChannels(), map.height(), map.width());
    kernels.convolve(execution, map, hidden, null, seen);
    // A pixel's channels are its anchors, so the rows of the maps are in the anchors' order.
    float[] logits = pixels(execution, kernels, seen, objectness); // (height, width, anchors)
    float[] moves = pixels(execution, kernels, seen, deltas); // (height, width, anchors, 4)
    workspace.release(mark);
    return new Outputs(logits, moves, map.width());
  }

  private static float[] pixels(
      Execution execution, ImageKernels kernels, FeatureMap x, Convolution convolution) {
    FeatureMap y =
        FeatureMap.of(execution.workspace(), convolution.outChannels(), x.height(), x.width());
    kernels.convolve(execution, x, convolution, null, y);
    return y.matrix().toArray();
  }

  /**
   * Picks the proposals: of the best logits the boxes, clipped to the picture; those that are too
   * small are dropped, and those that better ones suppress.
   *
   * @param outputs finite
   * @param right the last coordinate of the scaled picture
   */
  Proposals pick(Outputs outputs, float right, float bottom) {
    BoxDeltas decoding = new BoxDeltas(config.weights(), convention);
    int[] best = ScoreOrder.best(outputs.logits(), config.best());
    float[] boxes = new float[4 * best.length];
    float[] anchor = new float[4];
    int[] order = new int[best.length];
    int large = 0;
    for (int i = 0; i < best.length; i++) {
      anchors.box(best[i], outputs.columns(), anchor, 0);
      decoding.decode(anchor, 0, outputs.deltas(), 4 * best[i], boxes, 4 * i);
      BoxDeltas.clip(boxes, 4 * i, right, bottom);
      if (boxes[4 * i + 2] - boxes[4 * i] > config.smallest()
          && boxes[4 * i + 3] - boxes[4 * i + 1] > config.smallest()) {
        order[large++] = i;
      }
    }
    int[] kept =
        NonMaximumSuppression.keep(
            boxes, Arrays.copyOf(order, large), config.threshold(), config.most(), convention);
    Proposals proposals =
        new Proposals(new float[4 * kept.length], new float[kept.length], new int[kept.length]);
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(boxes, 4 * kept[i], proposals.boxes(), 4 * i, 4);
      proposals.anchors()[i] = best[kept[i]];
      proposals.scores()[i] = outputs.logits()[best[kept[i]]];
    }
    return proposals;
  }
}
