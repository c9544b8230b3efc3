package io.github.visualbert.detect;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import java.util.ArrayList;
import java.util.List;

/** A stage of a ResNet: bottlenecks of one size, the first of which may halve the map. */
final class ResidualStage {
  private final List<Bottleneck> blocks;
  private final Bottleneck.Shape shape;
  private final int stride;

  private ResidualStage(List<Bottleneck> blocks, Bottleneck.Shape shape, int stride) {
    this.blocks = blocks;
    this.shape = shape;
    this.stride = stride;
  }

  /**
   * Loads as many blocks as the weights have, of the sizes that the first one has.
   *
   * @param name what the names of the blocks begin with
   * @param number of the stage, from 2
   * @param in channels of the input
   */
  static ResidualStage load(
      DetectorWeights weights,
      String name,
      int number,
      int in,
      int stride,
      int dilation,
      DetectorConfig.Network stated) {
    int unstated = DetectorConfig.UNSTATED;
    int doubled = number - 2;
    int inner =
        stated.widthPerGroup() == unstated
            ? unstated
            : stated.groups() * stated.widthPerGroup() << doubled;
    int out = stated.res2Channels() == unstated ? unstated : stated.res2Channels() << doubled;
    int count = stated.blocks().isEmpty() ? unstated : stated.blocks().get(doubled);
    // What neither states is wrong anyway; 1 lets the missing tensors be named.
    int blocks = Math.max(weights.blocks(name), 1);
    int innerFound = weights.size(name + ".0.conv1.weight", 0, 4, Math.max(inner, 1));
    int outFound = weights.size(name + ".0.conv3.weight", 0, 4, Math.max(out, 1));
    weights.agree("depth", count, "blocks in " + name, blocks);
    weights.agree("num_groups x width_per_group", inner, "inner channels of " + name, innerFound);
    weights.agree("res2_out_channels", out, "channels of " + name, outFound);
    Bottleneck.Shape shape =
        new Bottleneck.Shape(innerFound, outFound, stated.groups(), stated.strideFirst(), dilation);
    List<Bottleneck> loaded = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      loaded.add(
          i == 0
              ? Bottleneck.load(weights, name + ".0", in, stride, shape)
              : Bottleneck.load(weights, name + "." + i, outFound, 1, shape));
    }
    return new ResidualStage(List.copyOf(loaded), shape, stride);
  }

  /** Counts the floats of maps of some channels, height and width. */
  @FunctionalInterface
  interface Size {
    long floats(int channels, int height, int width);
  }

  /** Returns the floats that a pass of maps of a size allocates beside its input and output. */
  long floats(int height, int width, Size size) {
    int down = outputs(height);
    int across = outputs(width);
    int reducedDown = shape.strideFirst() ? down : height;
    int reducedAcross = shape.strideFirst() ? across : width;
    return size.floats(shape.out(), down, across)
        + size.floats(shape.inner(), reducedDown, reducedAcross)
        + size.floats(shape.inner(), down, across);
  }

  int blocks() {
    return blocks.size();
  }

  int channels() {
    return shape.out();
  }

  int innerChannels() {
    return shape.inner();
  }

  /** Returns the length of a map after the stage. */
  int outputs(int length) {
    return (length - 1) / stride + 1;
  }

  /** Computes y (channels, h / stride, w / stride) of x (in, h, w). */
  void forward(Execution execution, ImageKernels kernels, FeatureMap x, FeatureMap y) {
    long mark = execution.workspace().mark();
    FeatureMap other = Maps.like(execution.workspace(), y);
    FeatureMap input = x;
    for (int i = 0; i < blocks.size(); i++) {
      boolean last = (blocks.size() - 1 - i) % 2 == 0; // the last block, and every second before
      FeatureMap output = last ? y : other;
      blocks.get(i).forward(execution, kernels, input, output, last ? other : y);
      input = output;
    }
    execution.workspace().release(mark);
  }
}
