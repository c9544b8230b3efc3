package io.github.visualbert.detect;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
  private final List<Anchors> anchors; // of each map
  private final DetectorConfig.Proposals config;
  private final ProposalRules rules;

  private RegionProposals(
      Convolution hidden,
      Convolution objectness,
      Convolution deltas,
      List<Anchors> anchors,
      DetectorConfig.Proposals config,
      ProposalRules rules) {
    this.hidden = hidden;
    this.objectness = objectness;
    this.deltas = deltas;
    this.anchors = anchors;
    this.config = config;
    this.rules = rules;
  }

  /**
   * Loads the network.
   *
   * @param name what its names begin with
   * @param in channels of the map
   */
  static RegionProposals load(
      DetectorWeights weights, String name, int in, DetectorConfig config, ProposalRules rules) {
    DetectorConfig.Proposals proposals = config.proposals();
    List<Anchors> anchors = anchors(weights, name + ".anchor_generator.cell_anchors.", config);
    int stated = proposals.hidden() == DetectorConfig.UNSTATED ? in : proposals.hidden();
    String head = name + ".rpn_head.";
    int hidden = weights.size(head + "conv.weight", 0, 4, stated);
    weights.agree("hidden_channels", stated, "hidden channels of the proposals", hidden);
    int perCell = anchors.getFirst().perCell();
    return new RegionProposals(
        weights.biased(head + "conv", hidden, in, new Window(3, 1, 1, 1), Activation.RELU),
        weights.biased(
            head + "objectness_logits", perCell, hidden, Window.PIXEL, Activation.LINEAR),
        weights.biased(
            head + "anchor_deltas", 4 * perCell, hidden, Window.PIXEL, Activation.LINEAR),
        anchors,
        proposals,
        rules);
  }

  /** Stored anchors are used; where there are none, those of the configuration. */
  private static List<Anchors> anchors(
      DetectorWeights weights, String name, DetectorConfig config) {
    DetectorConfig.AnchorShapes shapes = config.anchors();
    List<Anchors> anchors = new ArrayList<>();
    if (config.pyramid() == null) {
      float[] cell = Anchors.centred(shapes.sizes(), shapes.ratios());
      anchors.add(new Anchors(stored(weights, name + "0", cell), STRIDE, (float) shapes.offset()));
    } else {
      for (int i = 0; i < shapes.sizes().length; i++) {
        int stride = 1 << DetectorConfig.Pyramid.FIRST + i;
        float[] cell = Anchors.rounded(stride, shapes.sizes()[i], shapes.ratios());
        anchors.add(new Anchors(stored(weights, name + i, cell), stride, 0));
      }
    }
    return List.copyOf(anchors);
  }

  private static float[] stored(DetectorWeights weights, String name, float[] cell) {
    float[] stored = weights.has(name) ? weights.floats(name, cell.length / 4, 4) : null;
    return stored == null ? cell : stored;
  }

  int hiddenChannels() {
    return hidden.outChannels();
  }

  int anchorsPerCell() {
    return anchors.getFirst().perCell();
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
   * @param level the index of the map among those with anchors
   * @param width of the scaled picture, padding included
   * @param scale pixels of the scaled picture for one of the picture
   */
  Proposals pick(Outputs outputs, int level, int width, int height, double scale) {
    BoxConvention convention = rules.boxes();
    BoxDeltas decoding = new BoxDeltas(config.weights(), convention);
    float right = width - convention.edge();
    float bottom = height - convention.edge();
    float[] scores = rules.scores(outputs.logits());
    int[] best = ScoreOrder.best(scores, config.best());
    float[] boxes = new float[4 * best.length];
    float[] anchor = new float[4];
    int[] order = new int[best.length];
    int large = 0;
    for (int i = 0; i < best.length; i++) {
      anchors.get(level).box(best[i], outputs.columns(), anchor, 0);
      decoding.decode(anchor, 0, outputs.deltas(), 4 * best[i], boxes, 4 * i);
      BoxDeltas.clip(boxes, 4 * i, right, bottom);
      if (rules.filter().keeps(boxes, 4 * i, config.smallest(), right, bottom, (float) scale)) {
        order[large++] = i;
      }
    }
    int[] kept =
        NonMaximumSuppression.keep(
            boxes, Arrays.copyOf(order, large), config.threshold(), config.most(), convention);
    Proposals proposals = Proposals.empty(kept.length);
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(boxes, 4 * kept[i], proposals.boxes(), 4 * i, 4);
      proposals.anchors()[i] = best[kept[i]];
      proposals.scores()[i] = scores[best[kept[i]]];
      proposals.levels()[i] = level;
    }
    return proposals;
  }
}
