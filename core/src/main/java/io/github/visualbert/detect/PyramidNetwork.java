package io.github.visualbert.detect;

import io.github.visualbert.detect.DetectorConfig.Pyramid;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.picture.Picture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Faster R-CNN on a feature pyramid: a ResNet or ResNeXt, proposals on five levels, and a head of
 * two linear layers. The boxes of its regions are the proposals. Immutable and thread-safe.
 */
final class PyramidNetwork implements RegionNetwork {
  private static final int LEVELS = Pyramid.LAST_POOLED - Pyramid.FIRST + 1;

  private final DetectorConfig config;
  private final PyramidTraits traits;
  private final Kernels kernels;
  private final ResNet backbone;
  private final FeaturePyramid pyramid;
  private final RegionProposals proposals;
  private final PyramidHead head;
  private final PyramidSelection selection;

  private PyramidNetwork(
      DetectorConfig config,
      PyramidTraits traits,
      Kernels kernels,
      ResNet backbone,
      FeaturePyramid pyramid,
      RegionProposals proposals,
      PyramidHead head) {
    this.config = config;
    this.traits = traits;
    this.kernels = kernels;
    this.backbone = backbone;
    this.pyramid = pyramid;
    this.proposals = proposals;
    this.head = head;
    this.selection = new PyramidSelection(config, traits.rules().boxes(), traits.choice());
  }

  /**
   * Loads the network.
   *
   * @throws io.github.visualbert.error.ModelException when the weights do not fit it, naming every
   *     tensor that does not
   */
  static PyramidNetwork load(
      DetectorConfig config, DetectorWeights weights, Kernels kernels, PyramidTraits traits) {
    ResNet backbone = ResNet.load(weights, "backbone", 5, config.network());
    FeaturePyramid pyramid = FeaturePyramid.load(weights, backbone, config.pyramid().channels());
    RegionProposals proposals =
        RegionProposals.load(
            weights, "proposal_generator", pyramid.channels(), config, traits.rules());
    PyramidHead head = PyramidHead.load(weights, pyramid.channels(), config);
    weights.orThrow();
    return new PyramidNetwork(config, traits, kernels, backbone, pyramid, proposals, head);
  }

  @Override
  public Found forward(Execution execution, Picture picture, Finiteness finiteness, Stages traced) {
    PaddedInput input = PaddedInput.of(picture, config.input());
    PictureInput.Size size = input.size();
    if (size.width() < 1 || size.height() < 1) {
      throw PictureInput.tooNarrow(picture, size);
    }
    long floats = floats(PaddedInput.padded(size.width()), PaddedInput.padded(size.height()));
    BottomUpAttention.reserve(execution, floats + scratch(execution.workers().count()));
    return find(execution, input, finiteness, traced);
  }

  /** Finds regions in a workspace that grows as it must. */
  Found find(Execution execution, PaddedInput input, Finiteness finiteness, Stages traced) {
    Picture picture = input.picture();
    int width = PaddedInput.padded(input.size().width());
    int height = PaddedInput.padded(input.size().height());
    Workspace workspace = execution.workspace();
    // First, so that all maps of the backbone can be given back before the regions are looked at.
    PyramidHead.Level[] levels = levels(workspace, width, height);
    Proposals regions = propose(execution, input, levels, finiteness, traced);
    trace(regions, traced);
    if (regions.count() == 0) {
      throw PictureInput.withoutRegion(picture);
    }
    int[] chosen = head.levels(regions.boxes());
    traced.ints("roi.level", chosen);
    PyramidHead.Outputs outputs =
        head.forward(execution, kernels, levels, regions.boxes(), chosen, traced);
    int count = regions.count();
    traced.floats("roi.fc6", outputs.features(), count, featureDim());
    traced.floats("roi.fc7", outputs.hidden(), count, featureDim());
    traced.floats("roi.cls_logits", outputs.classLogits(), count, config.head().classes() + 1);
    finiteness.require(outputs.features());
    finiteness.require(outputs.classLogits());
    return found(regions, (float) input.scale(), outputs, traced);
  }

  Kernels kernels() {
    return kernels;
  }

  ResNet backbone() {
    return backbone;
  }

  FeaturePyramid pyramid() {
    return pyramid;
  }

  RegionProposals proposals() {
    return proposals;
  }

  PyramidHead head() {
    return head;
  }

  /** Returns the proposals of all levels that are looked at. */
  Proposals merge(List<Proposals> found) {
    return Proposals.best(found, config.pyramid().proposals());
  }

  /** Returns room for the levels that regions are pooled from. */
  PyramidHead.Level[] levels(Workspace workspace, int width, int height) {
    PyramidHead.Level[] levels = new PyramidHead.Level[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
      int down = height >> Pyramid.FIRST + i;
      int across = width >> Pyramid.FIRST + i;
      levels[i] =
          new PyramidHead.Level(
              workspace.matrix(down * across, pyramid.channels(), Layout.ROWS), down, across);
    }
    return levels;
  }

  /** Finds proposals, and lays out the levels that regions are pooled from. */
  private Proposals propose(
      Execution execution,
      PaddedInput input,
      PyramidHead.Level[] levels,
      Finiteness finiteness,
      Stages traced) {
    long mark = execution.workspace().mark();
    FeatureMap x = input.map(execution.workspace(), config.input()); // (3, h, w)
    traced.map("input", x);
    traced.ints("input_size", input.size().height(), input.size().width());
    List<FeatureMap> maps = backbone.maps(execution, kernels.images(), x, traced);
    List<Proposals> found = new ArrayList<>();
    pyramid.forward(
        execution,
        kernels.images(),
        maps,
        (number, map) -> {
          traced.map("fpn.p" + number, map);
          int index = number - Pyramid.FIRST;
          if (index < levels.length) {
            kernels.images().toRows(execution, map, levels[index].pixels());
          }
          RegionProposals.Outputs outputs = proposals.forward(execution, kernels.images(), map);
          int anchors = outputs.logits().length;
          traced.floats("rpn.logits.p" + number, outputs.logits(), anchors);
          traced.floats("rpn.deltas.p" + number, outputs.deltas(), anchors, 4);
          finiteness.require(outputs.logits());
          finiteness.require(outputs.deltas());
          found.add(proposals.pick(outputs, index, x.width(), x.height(), input.scale()));
        });
    execution.workspace().release(mark);
    return merge(found);
  }

  private static void trace(Proposals regions, Stages traced) {
    traced.floats("proposals", regions.boxes(), regions.count(), 4);
    traced.floats("proposals.scores", regions.scores(), regions.count());
    traced.ints(
        "proposals.level",
        Arrays.stream(regions.levels()).map(index -> Pyramid.FIRST + index).toArray());
    traced.ints("proposals.anchor", regions.anchors());
  }

  private Found found(Proposals regions, float scale, PyramidHead.Outputs outputs, Stages traced) {
    float[] boxes = new float[regions.boxes().length]; // in pixels of the picture
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = regions.boxes()[i] / scale;
    }
    PyramidSelection.Selected selected = selection.select(boxes, outputs.classLogits());
    int[] kept = selected.kept();
    int classes = config.head().classes();
    int[] objects = new int[kept.length];
    float[] probabilities = new float[kept.length];
    float[] none = new float[kept.length];
    for (int i = 0; i < kept.length; i++) {
      int first = kept[i] * (classes + 1) + 1; // after background
      objects[i] = Scores.best(selected.probabilities(), first, classes);
      probabilities[i] = selected.probabilities()[first + objects[i]];
    }
    int[] noAttributes = new int[kept.length];
    Arrays.fill(noAttributes, -1);
    traced.floats("roi.conf", selected.confidences(), regions.count());
    if (traced.areWanted()) {
      traced.floats("conf", RegionNetwork.rows(selected.confidences(), 1, kept), kept.length);
      traits.trace().trace(selected, objects, classes, traced);
    }
    return new Found(
        kept,
        RegionNetwork.rows(outputs.features(), featureDim(), kept),
        RegionNetwork.rows(boxes, 4, kept),
        objects,
        probabilities,
        RegionNetwork.rows(selected.confidences(), 1, kept),
        noAttributes,
        none,
        config.thresholds()[0]);
  }

  @Override
  public float[] classProbabilities(Execution execution, float[] features) {
    long mark = execution.workspace().mark();
    float[] logits = head.classLogits(execution, kernels, features);
    execution.workspace().release(mark);
    return Scores.softmax(logits, config.head().classes() + 1, 0);
  }

  @Override
  public boolean sees(int width, int height) {
    return width > 0 && height > 0 && width % Pyramid.DIVISOR == 0 && height % Pyramid.DIVISOR == 0;
  }

  @Override
  public DetectorBench bench(
      Execution execution, float[] picture, int height, int width, float[] boxes) {
    return new PyramidBench(this, execution, picture, height, width, boxes);
  }

  @Override
  public int featureDim() {
    return head.featureDim();
  }

  @Override
  public String describe() {
    int groups = config.network().groups();
    return "%s pyramid of %d channels on %s blocks%s, %d columns of features, %d anchors a cell, %d classes"
        .formatted(
            groups > 1 ? "ResNeXt" : "ResNet",
            pyramid.channels(),
            backbone.blocks(),
            groups > 1 ? " in %d groups".formatted(groups) : "",
            featureDim(),
            proposals.anchorsPerCell(),
            config.head().classes());
  }

  @Override
  public long bytes(int width, int height, int workers) {
    PictureInput.Size size = PaddedInput.scaled(width, height, config.input());
    if (size.width() < 1 || size.height() < 1) {
      return 0;
    }
    int across = PaddedInput.padded(size.width());
    int down = PaddedInput.padded(size.height());
    int regions = config.pyramid().proposals();
    long anchors =
        (across >> Pyramid.FIRST) * (long) (down >> Pyramid.FIRST) * proposals.anchorsPerCell();
    long heap =
        Math.max(3L * size.width() * size.height(), regions * head.outputsPerRegion())
            + 8 * anchors;
    return Float.BYTES * (floats(across, down) + heap + scratch(workers));
  }

  /** Returns how many floats a pass allocates in its workspace at once. */
  long floats(int width, int height) {
    long maps =
        Math.max(
            backbone.floats(height, width),
            backbone.keptFloats(height, width)
                + pyramid.floats(height, width)
                + Math.max(
                    Maps.floats(
                        pyramid.channels(), height >> Pyramid.FIRST, width >> Pyramid.FIRST),
                    proposals.floats(height >> Pyramid.FIRST, width >> Pyramid.FIRST)));
    return pyramid.floats(height, width)
        + Math.max(
            Maps.floats(3, height, width) + maps,
            head.floats(config.pyramid().proposals(), pyramid.channels()));
  }

  /** Returns the most floats that kernels allocate for their workers. */
  long scratch(int workers) {
    return workers * BottomUpAttention.scratchPerWorker(backbone.channels());
  }
}
