package io.github.visualbert.detect;

import io.github.visualbert.detect.DetectorConfig.Pyramid;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import java.util.ArrayList;
import java.util.List;

/** The stages of a detector on a pyramid. */
final class PyramidBench implements DetectorBench {
  private final PyramidNetwork network;
  private final Execution execution;
  private final FeatureMap input;
  private final float[] boxes;
  private final int[] chosen;
  private final PyramidHead.Level[] levels;
  private final List<FeatureMap> maps = new ArrayList<>(); // P2 to P6

  /** Prepares a pass: see {@link RegionNetwork#bench}. */
  PyramidBench(
      PyramidNetwork network,
      Execution execution,
      float[] picture,
      int height,
      int width,
      float[] boxes) {
    this.network = network;
    this.execution = execution;
    this.input = Maps.ofPicture(execution.workspace(), picture, height, width);
    this.boxes = boxes;
    this.chosen = network.head().levels(boxes);
    this.levels = network.levels(execution.workspace(), width, height);
    for (int level = Pyramid.FIRST; level <= Pyramid.LAST; level++) {
      int divisor = 1 << level;
      maps.add(
          FeatureMap.of(
              execution.workspace(),
              network.pyramid().channels(),
              Math.ceilDiv(height, divisor),
              Math.ceilDiv(width, divisor)));
    }
    backbone();
  }

  @Override
  public void backbone() {
    pyramid(network.kernels().images(), true);
  }

  private void pyramid(ImageKernels kernels, boolean keeps) {
    long mark = execution.workspace().mark();
    network
        .pyramid()
        .forward(
            execution,
            kernels,
            network.backbone().maps(execution, kernels, input, Stages.NONE),
            (number, map) -> {
              int index = number - Pyramid.FIRST;
              if (index < levels.length) {
                kernels.toRows(execution, map, levels[index].pixels());
              }
              if (keeps) {
                maps.get(index).matrix().data().copyFrom(map.matrix().data());
              }
            });
    execution.workspace().release(mark);
  }

  @Override
  public void rpn() {
    List<Proposals> found = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      RegionProposals.Outputs outputs =
          network.proposals().forward(execution, network.kernels().images(), maps.get(i));
      found.add(network.proposals().pick(outputs, i, input.width(), input.height(), 1));
    }
    network.merge(found);
  }

  @Override
  public void head() {
    network.head().forward(execution, network.kernels(), levels, boxes, chosen, Stages.NONE);
  }

  @Override
  public long multiplyAdds() {
    WorkCounter counter = new WorkCounter();
    pyramid(counter.kernels(), false);
    for (FeatureMap map : maps) {
      network.proposals().forward(execution, counter.kernels(), map);
    }
    return counter.count() + chosen.length * network.head().weights();
  }
}
