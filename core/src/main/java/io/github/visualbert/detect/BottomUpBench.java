package io.github.visualbert.detect;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Matrix;

/** The stages of bottom-up attention. */
final class BottomUpBench implements DetectorBench {
  private final BottomUpAttention network;
  private final Execution execution;
  private final FeatureMap input;
  private final Matrix pixels; // (height x width of res4, channels)
  private final Proposals regions;
  private final FeatureMap map; // res4

  /** Prepares a pass: see {@link RegionNetwork#bench}. */
  BottomUpBench(
      BottomUpAttention network,
      Execution execution,
      float[] picture,
      int height,
      int width,
      float[] boxes) {
    this.network = network;
    this.execution = execution;
    this.input = Maps.ofPicture(execution.workspace(), picture, height, width);
    int count = boxes.length / 4;
    this.regions = new Proposals(boxes, new float[count], new int[count], new int[count]);
    ResNet backbone = network.backbone();
    int rows = backbone.outputs(height);
    int columns = backbone.outputs(width);
    this.pixels =
        execution.workspace().matrix(rows * columns, backbone.channels(), Matrix.Layout.ROWS);
    this.map =
        backbone.forward(execution, network.kernels().images(), input, Stages.NONE); // for rpn
    network.kernels().images().toRows(execution, map, pixels); // for head
  }

  @Override
  public void backbone() {
    long mark = execution.workspace().mark();
    ImageKernels kernels = network.kernels().images();
    FeatureMap res4 = network.backbone().forward(execution, kernels, input, Stages.NONE);
    kernels.toRows(execution, res4, pixels);
    execution.workspace().release(mark);
  }

  @Override
  public void rpn() {
    RegionProposals.Outputs outputs =
        network.proposals().forward(execution, network.kernels().images(), map);
    network.proposals().pick(outputs, 0, input.width(), input.height(), 1);
  }

  @Override
  public void head() {
    network
        .head()
        .forward(
            execution, network.kernels(), pixels, map.height(), map.width(), regions, Stages.NONE);
  }

  @Override
  public long multiplyAdds() {
    long mark = execution.workspace().mark();
    WorkCounter counter = new WorkCounter();
    ImageKernels counting = counter.kernels();
    FeatureMap res4 = network.backbone().forward(execution, counting, input, Stages.NONE);
    network.proposals().forward(execution, counting, res4);
    long before = counter.count();
    RoiHead head = network.head();
    int side = head.resolution();
    int out = head.res5().outputs(side);
    head.res5()
        .forward(
            execution,
            counting,
            FeatureMap.stacked(execution.workspace(), 1, map.channels(), side, side),
            FeatureMap.stacked(execution.workspace(), 1, head.featureDim(), out, out));
    execution.workspace().release(mark);
    return before + regions.count() * (counter.count() - before);
  }
}
