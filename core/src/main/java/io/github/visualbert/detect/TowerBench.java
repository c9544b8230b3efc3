package io.github.visualbert.detect;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Matrix;

/** The stages of VCR's tower, which proposes nothing. */
final class TowerBench implements DetectorBench {
  private final TowerNetwork network;
  private final Execution execution;
  private final TowerNetwork.Regions regions;
  private final FeatureMap canvas;
  private final Matrix pixels;

  /** Prepares a pass over a canvas (3, height, width). */
  TowerBench(
      TowerNetwork network,
      Execution execution,
      float[] canvas,
      int height,
      int width,
      TowerNetwork.Regions regions) {
    this.network = network;
    this.execution = execution;
    this.regions = regions;
    this.canvas = Maps.ofPicture(execution.workspace(), canvas, height, width);
    this.pixels = network.pixels(execution.workspace(), height, width);
    backbone(); // for head
  }

  @Override
  public void backbone() {
    long mark = execution.workspace().mark();
    network.look(execution, canvas, pixels, Stages.NONE);
    execution.workspace().release(mark);
  }

  @Override
  public boolean proposes() {
    return false;
  }

  @Override
  public void rpn() {}

  @Override
  public void head() {
    long mark = execution.workspace().mark();
    network
        .head()
        .forward(
            execution,
            pixels,
            network.backbone().outputs(canvas.height()),
            network.backbone().outputs(canvas.width()),
            regions,
            Stages.NONE);
    execution.workspace().release(mark);
  }

  @Override
  public long multiplyAdds() {
    long mark = execution.workspace().mark();
    WorkCounter counter = new WorkCounter();
    network.backbone().forward(execution, counter.kernels(), canvas, Stages.NONE);
    execution.workspace().release(mark);
    long region = network.head().multiplyAdds(execution, network.backbone().channels());
    return counter.count() + regions.count() * region;
  }
}
