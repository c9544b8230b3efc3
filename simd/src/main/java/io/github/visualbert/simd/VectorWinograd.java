package io.github.visualbert.simd;

import static io.github.visualbert.kernel.WinogradTiles.INPUTS;
import static io.github.visualbert.kernel.WinogradTiles.OUTPUTS;
import static io.github.visualbert.kernel.WinogradTiles.POSITIONS;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.PanelProduct.TILE_ROWS;
import static io.github.visualbert.simd.TileLines.LINE;

import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.WinogradTiles;
import io.github.visualbert.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@link io.github.visualbert.kernel.ImageKernels#convolve} of a {@link
 * io.github.visualbert.kernel.Winograd} convolution: 36 products of {@link PanelProduct} between
 * the transforms.
 *
 * <p>A chunk is some panels of tiles with all their channels, so nothing is shared but the weights,
 * which come from memory once for every chunk. A map with fewer chunks than there are workers is
 * transformed as a whole: chunks of the transforms are channels of a panel, those of the products
 * are features of a position.
 */
final class VectorWinograd {
  /** The most panels of one chunk: more read the weights less often but need more scratch. */
  private static final int CHUNK_PANELS = 8;

  /** Channels that are transformed at a time, between two passes that stay in L1. */
  private static final int BLOCK = TileLines.CHANNELS;

  /** Lines of a block: a row of the tiles that is gathered, and all rows half transformed. */
  private static final int BLOCK_LINES = INPUTS + POSITIONS;

  /** The fewest chunks of products for each worker, where they share a map. */
  private static final int CHUNKS = 4;

  private final Workers.Task panelChunk = this::panelChunk;
  private final Workers.Task inputChunk = this::inputChunk;
  private final Workers.Task productChunk = this::productChunk;
  private final Workers.Task outputChunk = this::outputChunk;

  private FeatureMap x;
  private Convolution convolution;
  private VectorWeights weights;
  private FeatureMap y;
  private WinogradTiles tiles;
  private int in;
  private int out;
  private int panels;
  private int chunkPanels; // or all, if workers share the map
  private int chunkFeatures; // of a product, if workers share the map
  private PanelProduct[] products = {};
  private TileLines[] lines = {};
  private MemorySegment scratch;
  private long inputBytes; // (position, panel, in channel, 16)
  private long sumBytes; // the same of out channels
  private long blockBytes; // lines of one block of channels, and the scratch that moves them
  private long workerBytes; // from one worker's scratch to the next

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
    task.compute(execution.workers());
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
    boolean shared = Math.ceilDiv(panels, chunkPanels) < workers;
    if (shared) {
      chunkPanels = panels;
    }
    int blocks = Math.ceilDiv(CHUNKS * workers, POSITIONS);
    chunkFeatures = shared ? Math.ceilDiv(Math.ceilDiv(out, blocks), TILE_ROWS) * TILE_ROWS : out;
    products = PanelProduct.forWorkers(workers, products);
    lines = lines.length >= workers ? lines : Arrays.copyOf(lines, workers);
    inputBytes = (long) POSITIONS * chunkPanels * in * PANEL_BYTES;
    sumBytes = (long) POSITIONS * chunkPanels * out * PANEL_BYTES;
    blockBytes = BLOCK_LINES * LINE + TileLines.SCRATCH_BYTES;
    workerBytes = shared ? blockBytes : inputBytes + sumBytes + blockBytes;
    long bytes = (shared ? inputBytes + sumBytes : 0) + Math.multiplyExact(workers, workerBytes);
    scratch = execution.workspace().floats(bytes / Float.BYTES);
  }

  private static int even(int panels) {
    return panels + 1 & -2;
  }

  private void compute(Workers workers) {
    int chunks = Math.ceilDiv(panels, Math.max(chunkPanels, 1));
    if (chunks >= workers.count()) {
      workers.forEach(chunks, panelChunk);
      return;
    }
    workers.forEach(panels * Math.ceilDiv(in, BLOCK), inputChunk);
    workers.forEach(POSITIONS * Math.ceilDiv(out, chunkFeatures), productChunk);
    workers.forEach(panels * Math.ceilDiv(out, BLOCK), outputChunk);
  }

  /** Computes some panels of tiles, in a worker's own scratch. */
  private void panelChunk(int chunk, int worker) {
    int begin = chunk * chunkPanels;
    int count = Math.min(chunkPanels, panels - begin);
    long inputs = worker * workerBytes;
    long sums = inputs + inputBytes;
    long block = sums + sumBytes;
    TileLines lines = lines(worker, block);
    for (int p = 0; p < count; p++) {
      lines.panel(begin + p);
      for (int c = 0; c < in; c += BLOCK) {
        input(lines, p, count, c, inputs, block);
      }
    }
    for (int position = 0; position < POSITIONS; position++) {
      product(worker, position, 0, out, count, inputs, sums);
    }
    for (int p = 0; p < count; p++) {
      lines.panel(begin + p);
      for (int c = 0; c < out; c += BLOCK) {
        output(lines, p, count, c, sums, block);
      }
    }
  }

  /** Transforms a block of channels of one panel, in the scratch that workers share. */
  private void inputChunk(int chunk, int worker) {
    int blocks = Math.ceilDiv(in, BLOCK);
    int panel = chunk / blocks;
    long block = sharedBlock(worker);
    TileLines lines = lines(worker, block);
    lines.panel(panel);
    input(lines, panel, panels, chunk % blocks * BLOCK, 0, block);
  }

  /** Computes some features of one position, in the scratch that workers share. */
  private void productChunk(int chunk, int worker) {
    int blocks = Math.ceilDiv(out, chunkFeatures);
    int begin = chunk % blocks * chunkFeatures;
    int features = Math.min(chunkFeatures, out - begin);
    product(worker, chunk / blocks, begin, features, panels, 0, inputBytes);
  }

  /** Transforms a block of channels of one panel back, from the scratch that workers share. */
  private void outputChunk(int chunk, int worker) {
    int blocks = Math.ceilDiv(out, BLOCK);
    int panel = chunk / blocks;
    long block = sharedBlock(worker);
    TileLines lines = lines(worker, block);
    lines.panel(panel);
    output(lines, panel, panels, chunk % blocks * BLOCK, inputBytes, block);
  }

  private TileLines lines(int worker, long block) {
    if (lines[worker] == null) {
      lines[worker] = new TileLines();
    }
    lines[worker].set(tiles, x, y, scratch, block + BLOCK_LINES * LINE);
    return lines[worker];
  }

  private long sharedBlock(int worker) {
    return inputBytes + sumBytes + worker * workerBytes;
  }

  /** Multiplies the inputs of {@code count} panels at one position with some output channels. */
  private void product(
      int worker, int position, int begin, int features, int count, long inputs, long sums) {
    if (products[worker] == null) {
      products[worker] = new PanelProduct();
    }
    long rowBytes = (long) in * Float.BYTES;
    long inputPanel = (long) in * PANEL_BYTES;
    long sumPanel = (long) out * PANEL_BYTES;
    long sum = sums + position * count * sumPanel + (long) begin * PANEL_BYTES;
    products[worker]
        .rows(weights.weight().data(), (position * (long) out + begin) * rowBytes, rowBytes)
        .panels(scratch, inputs + position * count * inputPanel, inputPanel)
        .into(scratch, sum, PANEL_BYTES, sumPanel)
        .compute(features, in, 0, 2 * count);
  }

  /**
   * Gathers and transforms a block of channels of the panel of tiles that is set: panel {@code p}
   * of {@code count} in the inputs.
   */
  private void input(TileLines lines, int p, int count, int channel, long inputs, long block) {
    int channels = Math.min(BLOCK, in - channel);
    long zero = Memory.begin(scratch);
    long to = zero + inputs + ((long) p * in + channel) * PANEL_BYTES;
    long toStep = (long) count * in * PANEL_BYTES;
    long gathered = zero + block;
    long half = gathered + INPUTS * LINE;
    for (int i = 0; i < INPUTS; i++) {
      lines.gather(i, channel, channels, gathered);
      WinogradTransforms.input(
          scratch, gathered, LINE, scratch, half + i * INPUTS * LINE, LINE, channels);
    }
    for (int j = 0; j < INPUTS; j++) {
      WinogradTransforms.input(
          scratch,
          half + j * LINE,
          INPUTS * LINE,
          scratch,
          to + j * toStep,
          INPUTS * toStep,
          channels);
    }
  }

  /**
   * Transforms a block of channels of the panel of tiles that is set back, panel {@code p} of
   * {@code count} in the sums, and stores the outputs.
   */
  private void output(TileLines lines, int p, int count, int channel, long sums, long block) {
    int channels = Math.min(BLOCK, out - channel);
    long zero = Memory.begin(scratch);
    long from = zero + sums + ((long) p * out + channel) * PANEL_BYTES;
    long fromStep = (long) count * out * PANEL_BYTES;
    long half = zero + block;
    long outputs = half + INPUTS * OUTPUTS * LINE;
    for (int i = 0; i < INPUTS; i++) {
      WinogradTransforms.output(
          scratch,
          from + i * INPUTS * fromStep,
          fromStep,
          scratch,
          half + i * OUTPUTS * LINE,
          LINE,
          channels);
    }
    for (int j = 0; j < OUTPUTS; j++) {
      WinogradTransforms.output(
          scratch,
          half + j * LINE,
          OUTPUTS * LINE,
          scratch,
          outputs + j * LINE,
          OUTPUTS * LINE,
          channels);
    }
    for (int position = 0; position < OUTPUTS * OUTPUTS; position++) {
      long at = outputs + position * LINE;
      ConvolutionEpilogue.apply(scratch, at, channels, convolution, channel, null, scratch, at);
    }
    for (int i = 0; i < OUTPUTS; i++) {
      lines.store(i, channel, channels, outputs + i * OUTPUTS * LINE);
    }
  }
}
