package io.github.visualbert.simd;

import static io.github.visualbert.kernel.WinogradTiles.INPUTS;
import static io.github.visualbert.kernel.WinogradTiles.OUTPUTS;
import static io.github.visualbert.kernel.WinogradTiles.POSITIONS;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;

import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.FeatureMap.Order;
import io.github.visualbert.kernel.Taps;
import io.github.visualbert.kernel.WinogradTiles;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import java.lang.foreign.MemorySegment;

/**
 * {@link io.github.visualbert.kernel.ImageKernels#convolve} of a {@link
 * io.github.visualbert.kernel.Winograd} convolution: 36 products of {@link PanelProduct} between
 * the transforms.
 *
 * <p>A chunk is some panels of tiles with all their channels, so nothing is shared but the weights,
 * which come from memory once for every chunk.
 */
final class VectorWinograd implements Workers.Task {
  /** The most panels of one chunk: more read the weights less often but need more scratch. */
  private static final int CHUNK_PANELS = 8;

  /** Channels that are transformed at a time, between two passes that stay in L1. */
  private static final int BLOCK = 16;

  private static final int OUTPUT_POSITIONS = OUTPUTS * OUTPUTS;

  private FeatureMap x;
  private Convolution convolution;
  private VectorWeights weights;
  private FeatureMap y;
  private WinogradTiles tiles;
  private int in;
  private int out;
  private int panels;
  private int chunkPanels;
  private PanelProduct[] products = {};
  private MemorySegment scratch;
  private long scratchBytes; // for each worker: inputs, products, and lines of one block

  private VectorWinograd() {}

  static void run(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      VectorWeights weights,
      FeatureMap y) {
    long mark = execution.workspace().mark();
    VectorWinograd task = execution.workspace().kept(VectorWinograd.class, VectorWinograd::new);
    task.set(execution, x, convolution, weights, y);
    execution.workers().forEach(Math.ceilDiv(task.panels, task.chunkPanels), task);
    execution.workspace().release(mark);
  }

  private void set(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      VectorWeights weights,
      FeatureMap y) {
    this.x = x;
    this.convolution = convolution;
    this.weights = weights;
    this.y = y;
    tiles = new WinogradTiles(y, convolution.window().dilation());
    in = convolution.inChannels();
    out = convolution.outChannels();
    panels = tiles.panels();
    int workers = execution.workers().count();
    int share = Math.ceilDiv(panels, workers);
    chunkPanels =
        Math.clamp(
            (long) even(Math.ceilDiv(share, Math.ceilDiv(share, CHUNK_PANELS))), 2, CHUNK_PANELS);
    products = PanelProduct.forWorkers(workers, products);
    scratchBytes =
        ((long) POSITIONS * chunkPanels * (in + out) + 2 * POSITIONS * BLOCK) * PANEL_BYTES;
    Workspace workspace = execution.workspace();
    scratch = workspace.floats(Math.multiplyExact(workers, scratchBytes) / Float.BYTES);
  }

  private static int even(int panels) {
    return panels + 1 & -2;
  }

  @Override
  public void run(int chunk, int worker) {
    if (products[worker] == null) {
      products[worker] = new PanelProduct();
    }
    int begin = chunk * chunkPanels;
    int count = Math.min(chunkPanels, panels - begin);
    long inputs = worker * scratchBytes; // (position, panel, in channel, 16)
    long sums = inputs + (long) POSITIONS * count * in * PANEL_BYTES; // same of out channels
    long block = sums + (long) POSITIONS * count * out * PANEL_BYTES;
    for (int p = 0; p < count; p++) {
      for (int c = 0; c < in; c += BLOCK) {
        long to = inputs + ((long) p * in + c) * PANEL_BYTES;
        input(begin + p, c, Math.min(BLOCK, in - c), block, to, (long) count * in * PANEL_BYTES);
      }
    }
    long rowBytes = (long) in * Float.BYTES;
    PanelProduct product = products[worker];
    for (int position = 0; position < POSITIONS; position++) {
      product
          .rows(weights.weight().data(), position * out * rowBytes, rowBytes)
          .panels(
              scratch, inputs + (long) position * count * in * PANEL_BYTES, (long) in * PANEL_BYTES)
          .into(
              scratch,
              sums + (long) position * count * out * PANEL_BYTES,
              PANEL_BYTES,
              (long) out * PANEL_BYTES)
          .compute(out, in, 0, 2 * count);
    }
    for (int p = 0; p < count; p++) {
      for (int c = 0; c < out; c += BLOCK) {
        long from = sums + ((long) p * out + c) * PANEL_BYTES;
        int channels = Math.min(BLOCK, out - c);
        output(begin + p, c, channels, block, from, (long) count * out * PANEL_BYTES);
      }
    }
  }

  /** Gathers and transforms some channels of one panel of tiles. */
  private void input(int panel, int channel, int channels, long block, long to, long toStep) {
    long zero = Memory.begin(scratch);
    long line = (long) BLOCK * PANEL_BYTES; // from one position to the next
    long gathered = zero + block;
    long half = gathered + POSITIONS * line;
    for (int position = 0; position < POSITIONS; position++) {
      gather(panel, position, channel, channels, gathered + position * line);
    }
    for (int i = 0; i < INPUTS; i++) {
      long row = i * INPUTS * line;
      WinogradTransforms.input(scratch, gathered + row, line, scratch, half + row, line, channels);
    }
    for (int j = 0; j < INPUTS; j++) {
      WinogradTransforms.input(
          scratch,
          half + j * line,
          INPUTS * line,
          scratch,
          zero + to + j * toStep,
          INPUTS * toStep,
          channels);
    }
  }

  private void gather(int panel, int position, int channel, int channels, long to) {
    if (x.order() == Order.STACKED) {
      int row = tiles.input(panel, 0, position);
      if (row == Taps.OUTSIDE) {
        LaneCopy.zeroLines(scratch, to, PANEL_BYTES, channels);
      } else {
        long from = address(x, row, channel);
        LaneCopy.lines(x.matrix().data(), from, PANEL_BYTES, scratch, to, PANEL_BYTES, channels);
      }
      return;
    }
    for (int lane = 0; lane < PANEL; lane++) {
      int row = tiles.input(panel, lane, position);
      long at = to + lane * Float.BYTES;
      if (row == Taps.OUTSIDE) {
        LaneCopy.zeroLane(scratch, at, PANEL_BYTES, channels);
      } else {
        long from = address(x, row, channel);
        LaneCopy.lane(x.matrix().data(), from, scratch, at, PANEL_BYTES, channels);
      }
    }
  }

  /** Transforms some channels of one panel of tiles back and stores the outputs. */
  private void output(int panel, int channel, int channels, long block, long from, long fromStep) {
    long zero = Memory.begin(scratch);
    long line = (long) BLOCK * PANEL_BYTES;
    long half = zero + block;
    long outputs = half + POSITIONS * line;
    for (int i = 0; i < INPUTS; i++) {
      WinogradTransforms.output(
          scratch,
          zero + from + i * INPUTS * fromStep,
          fromStep,
          scratch,
          half + i * OUTPUTS * line,
          line,
          channels);
    }
    for (int j = 0; j < OUTPUTS; j++) {
      WinogradTransforms.output(
          scratch,
          half + j * line,
          OUTPUTS * line,
          scratch,
          outputs + j * line,
          OUTPUTS * line,
          channels);
    }
    for (int position = 0; position < OUTPUT_POSITIONS; position++) {
      long at = outputs + position * line;
      ConvolutionEpilogue.apply(scratch, at, channels, convolution, channel, null, scratch, at);
      store(panel, position, channel, channels, at);
    }
  }

  private void store(int panel, int position, int channel, int channels, long from) {
    if (y.order() == Order.STACKED) {
      int row = tiles.output(panel, 0, position);
      if (row != Taps.OUTSIDE) {
        long to = address(y, row, channel);
        LaneCopy.lines(scratch, from, PANEL_BYTES, y.matrix().data(), to, PANEL_BYTES, channels);
      }
      return;
    }
    for (int lane = 0; lane < PANEL; lane++) {
      int row = tiles.output(panel, lane, position);
      if (row != Taps.OUTSIDE) {
        long to = address(y, row, channel);
        long at = from + lane * Float.BYTES;
        LaneCopy.lane(scratch, at, y.matrix().data(), to, PANEL_BYTES, channels);
      }
    }
  }

  private static long address(FeatureMap map, int row, int channel) {
    return Memory.begin(map.matrix().data()) + map.matrix().index(row, channel) * Float.BYTES;
  }
}
