package io.github.visualbert.detect;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.picture.Picture;

/**
 * Bottom-up attention: Faster R-CNN on a ResNet-C4 backbone with attributes, {@code FRCNN} of
 * {@code modeling_frcnn.py} in Hugging Face's VisualBERT demo. Immutable and thread-safe.
 */
final class BottomUpAttention implements RegionNetwork {
  /**
   * Floats that kernels allocate for each worker: some, and more for each channel of res4, whose 3
   * x 3 windows are the deepest that are gathered or transformed. 8 to 16 MB were measured for 1024
   * channels.
   */
  private static final long SCRATCH = 1 << 18;

  private static final long SCRATCH_PER_CHANNEL = 1 << 12;

  private final DetectorConfig config;
  private final Kernels kernels;
  private final ResNet backbone;
  private final RegionProposals proposals;
  private final RoiHead head;
  private final Selection selection;

  private BottomUpAttention(
      DetectorConfig config,
      Kernels kernels,
      ResNet backbone,
      RegionProposals proposals,
      RoiHead head,
      Selection selection) {
    this.config = config;
    this.kernels = kernels;
    this.backbone = backbone;
    this.proposals = proposals;
    this.head = head;
    this.selection = selection;
  }

  /**
   * Loads the network.
   *
   * @throws io.github.visualbert.error.ModelException when the weights do not fit it, naming every
   *     tensor that does not
   */
  static BottomUpAttention load(DetectorConfig config, DetectorWeights weights, Kernels kernels) {
    BoxConvention convention = BoxConvention.PLAIN;
    ResNet backbone = ResNet.load(weights, "backbone", 4, config.network());
    RegionProposals proposals =
        RegionProposals.load(
            weights,
            "proposal_generator",
            backbone.channels(),
            config,
            new ProposalRules(convention, false, BoxFilter.LARGER));
    RoiHead head = RoiHead.load(weights, "roi_heads", backbone.channels(), config);
    weights.orThrow();
    return new BottomUpAttention(
        config, kernels, backbone, proposals, head, new Selection(config, convention));
  }

  @Override
  public int featureDim() {
    return head.featureDim();
  }

  Kernels kernels() {
    return kernels;
  }

  ResNet backbone() {
    return backbone;
  }

  RegionProposals proposals() {
    return proposals;
  }

  RoiHead head() {
    return head;
  }

  @Override
  public Found forward(Execution execution, Picture picture, Finiteness finiteness, Stages traced) {
    PictureInput input = PictureInput.of(picture, config.input());
    PictureInput.Size size = new PictureInput.Size(input.width(), input.height());
    if (!sees(size)) {
      throw input.tooNarrow();
    }
    reserve(execution, floats(size) + scratch(execution.workers().count()));
    return find(execution, input, finiteness, traced);
  }

  /** Finds regions in a workspace that grows as it must. */
  Found find(Execution execution, PictureInput input, Finiteness finiteness, Stages traced) {
    Picture picture = input.picture();
    int height = backbone.outputs(input.height());
    int width = backbone.outputs(input.width());
    Workspace workspace = execution.workspace();
    // First, so that all maps of the backbone can be given back before the regions are looked at.
    Matrix pixels = // (height x width, channels of res4)
        workspace.matrix(height * width, backbone.channels(), Layout.ROWS);
    Proposals regions = propose(execution, input, pixels, finiteness, traced);
    traced.floats("proposals", regions.boxes(), regions.count(), 4);
    traced.floats("proposals.scores", regions.scores(), regions.count());
    traced.ints("proposals.anchor", regions.anchors());
    if (regions.count() == 0) {
      throw PictureInput.withoutRegion(picture);
    }
    RoiHead.Outputs outputs =
        head.forward(execution, kernels, pixels, height, width, regions, traced);
    finiteness.require(outputs.features());
    finiteness.require(outputs.classLogits());
    finiteness.require(outputs.boxDeltas());
    trace(outputs, regions.count(), traced);
    if (outputs.attributeLogits() != null) {
      finiteness.require(outputs.attributeLogits());
    }
    return found(
        input,
        outputs.features(),
        selection.select(regions, outputs, input.width(), input.height()),
        traced);
  }

  /** Returns the regions in pixels of the picture, as the last stages. */
  private Found found(
      PictureInput input, float[] features, Selection.Selected selected, Stages traced) {
    int count = selected.kept().length;
    float[] boxes = new float[4 * count];
    float[] relative = new float[4 * count];
    for (int i = 0; i < boxes.length; i += 2) {
      boxes[i] = selected.boxes()[i] * input.scaleX();
      boxes[i + 1] = selected.boxes()[i + 1] * input.scaleY();
      relative[i] = boxes[i] / input.picture().width();
      relative[i + 1] = boxes[i + 1] / input.picture().height();
    }
    traced.floats("normalized_boxes", relative, count, 4);
    traced.ints("obj_ids", selected.objects());
    traced.floats("obj_probs", selected.confidences(), count);
    if (config.head().attributes() > 0) {
      traced.ints("attr_ids", selected.attributes());
      traced.floats("attr_probs", selected.attributeConfidences(), count);
    }
    return new Found(
        selected.kept(),
        RegionNetwork.rows(features, featureDim(), selected.kept()),
        boxes,
        selected.objects(),
        selected.confidences(),
        selected.confidences(),
        selected.attributes(),
        selected.attributeConfidences(),
        selected.threshold());
  }

  @Override
  public float[] classProbabilities(Execution execution, float[] features) {
    long mark = execution.workspace().mark();
    float[] logits = head.classLogits(execution, kernels, features);
    execution.workspace().release(mark);
    int classes = config.head().classes();
    return Scores.softmax(logits, classes + 1, classes);
  }

  /** Makes the first pass take one block of memory, instead of ever larger ones. */
  static void reserve(Execution execution, long floats) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    workspace.floats(floats);
    workspace.release(mark);
  }

  /** Returns the most floats that kernels allocate for their workers. */
  long scratch(int workers) {
    return workers * scratchPerWorker(backbone.channels());
  }

  /** Returns the most floats that kernels allocate for a worker; channels are the backbone's. */
  static long scratchPerWorker(int channels) {
    return SCRATCH + SCRATCH_PER_CHANNEL * channels;
  }

  @Override
  public boolean sees(int width, int height) {
    return sees(new PictureInput.Size(width, height));
  }

  @Override
  public DetectorBench bench(
      Execution execution, float[] picture, int height, int width, float[] boxes) {
    return new BottomUpBench(this, execution, picture, height, width, boxes);
  }

  @Override
  public long bytes(int width, int height, int workers) {
    PictureInput.Size scaled = scaled(width, height);
    return sees(scaled)
        ? Float.BYTES * (floats(scaled) + heapFloats(scaled) + scratch(workers))
        : 0;
  }

  private Proposals propose(
      Execution execution,
      PictureInput input,
      Matrix pixels,
      Finiteness finiteness,
      Stages traced) {
    long mark = execution.workspace().mark();
    FeatureMap x = input.map(execution.workspace(), config.input()); // (3, h, w)
    traced.map("input", x);
    traced.ints("input_size", input.height(), input.width());
    FeatureMap res4 = // (channels, h / 16, w / 16)
        backbone.forward(execution, kernels.images(), x, traced);
    kernels.images().toRows(execution, res4, pixels);
    RegionProposals.Outputs outputs = proposals.forward(execution, kernels.images(), res4);
    execution.workspace().release(mark);
    int anchors = outputs.logits().length;
    traced.floats("rpn.logits", outputs.logits(), anchors);
    traced.floats("rpn.deltas", outputs.deltas(), anchors, 4);
    finiteness.require(outputs.logits());
    finiteness.require(outputs.deltas());
    return proposals.pick(outputs, 0, input.width(), input.height(), 1);
  }

  private void trace(RoiHead.Outputs outputs, int count, Stages traced) {
    traced.floats("roi.features", outputs.features(), count, featureDim());
    traced.floats(
        "roi.cls_logits", outputs.classLogits(), count, outputs.classLogits().length / count);
    traced.floats("roi.box_deltas", outputs.boxDeltas(), count, outputs.boxDeltas().length / count);
    if (outputs.attributeLogits() != null) {
      traced.floats(
          "roi.attr_logits",
          outputs.attributeLogits(),
          count,
          outputs.attributeLogits().length / count);
    }
  }

  /**
   * Returns how many floats a pass allocates in its workspace at once, by the arithmetic of its
   * stages; the kernels' scratch comes on top.
   *
   * @param picture the size after scaling
   */
  long floats(PictureInput.Size picture) {
    int height = backbone.outputs(picture.height());
    int width = backbone.outputs(picture.width());
    long input = Maps.floats(3, picture.height(), picture.width());
    long maps =
        Math.max(
            backbone.floats(picture.height(), picture.width()),
            backbone.keptFloats(picture.height(), picture.width())
                + proposals.floats(height, width));
    long pixels = (long) height * width * backbone.channels();
    return pixels
        + Math.max(input + maps, head.floats(config.proposals().most(), backbone.channels()));
  }

  /** Returns how many floats a pass has on the heap at once: the scaled picture, or all outputs. */
  long heapFloats(PictureInput.Size picture) {
    long rgb = 3L * picture.height() * picture.width();
    long anchors =
        (long) backbone.outputs(picture.height())
            * backbone.outputs(picture.width())
            * proposals.anchorsPerCell();
    return Math.max(rgb, config.proposals().most() * head.outputsPerRegion()) + 5 * anchors;
  }

  /** Returns the size of a picture after scaling; a side may be too short for the network. */
  PictureInput.Size scaled(int width, int height) {
    return PictureInput.scaled(width, height, config.input());
  }

  /** Returns whether the network sees anything of a scaled picture. */
  boolean sees(PictureInput.Size picture) {
    return picture.width() >= 1
        && picture.height() >= 1
        && backbone.outputs(picture.width()) >= 1
        && backbone.outputs(picture.height()) >= 1;
  }

  @Override
  public String describe() {
    return "ResNet-C4 of %s + %d blocks, %d channels of features, %d anchors a cell, %d classes, %d attributes"
        .formatted(
            backbone.blocks(),
            head.res5().blocks(),
            featureDim(),
            proposals.anchorsPerCell(),
            config.head().classes(),
            config.head().attributes());
  }
}
