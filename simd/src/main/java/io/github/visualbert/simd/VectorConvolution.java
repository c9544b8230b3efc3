package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.PanelProduct.TILE_ROWS;

import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@link io.github.visualbert.kernel.ImageKernels#convolve}: the product of {@link PanelProduct}
 * over gathered windows. A window of one pixel is not gathered: its panels are those of the map.
 *
 * <p>A chunk is some output channels of some panels, or those of all groups. Its weights stay in L2
 * while the panels pass: two at a time where those stay in L1, otherwise as many as stay in L2,
 * too.
 */
final class VectorConvolution implements Workers.Task {
  /** Panels of the widest tile. */
  private static final int TILE_PANELS = 2;

  /** The most panels of one chunk that is not gathered. */
  private static final int CHUNK_PANELS = 32;

  /** The most bytes of two panels that stay in L1 while the weights of a chunk pass. */
  private static final int L1_BYTES = 32 << 10;

  /** The most bytes of panels that stay in L2 while the weights of a chunk pass. */
  private static final int L2_BYTES = 704 << 10;

  /** The most bytes of weights in one chunk that is not gathered; they stay in L2. */
  private static final int WEIGHT_BYTES = 512 << 10;

  /** The fewest chunks for each worker. */
  private static final int CHUNKS = 4;

  private FeatureMap x;
  private Convolution convolution;
  private VectorWeights weights;
  private FeatureMap residual;
  private FeatureMap y;
  private int k;
  private int groupChannels; // output channels of a group
  private boolean gathers;
  private int chunkPanels;
  private int stepPanels; // computed at a time, to the last activation
  private int chunkChannels;
  private int channelChunks; // of a group
  private PanelProduct[] products = {};
  private WindowGather[] gatherers = {};
  private MemorySegment scratch;
  private long scratchBytes; // for each worker: widened weights, masks, and these two
  private long widenedBytes;
  private long gathered; // what lies under the windows of a tile, of all groups
  private long gatheredBytes; // of a panel
  private long sums; // the product

  private VectorConvolution() {}

  static void run(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      VectorWeights weights,
      FeatureMap residual,
      FeatureMap y) {
    long mark = execution.workspace().mark();
    VectorConvolution task =
        execution.workspace().kept(VectorConvolution.class, VectorConvolution::new);
    task.set(execution, x, convolution, weights, residual, y);
    int panelChunks = Math.ceilDiv(y.matrix().panels(), task.chunkPanels);
    execution.workers().forEach(Math.multiplyExact(panelChunks, task.channelChunks), task);
    execution.workspace().release(mark);
  }

  private void set(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      VectorWeights weights,
      FeatureMap residual,
      FeatureMap y) {
    this.x = x;
    this.convolution = convolution;
    this.weights = weights;
    this.residual = residual;
    this.y = y;
    k = weights.inFeatures();
    groupChannels = convolution.outChannels() / convolution.groups();
    Window window = convolution.window();
    gathers = !window.equals(Window.PIXEL) || convolution.groups() > 1;
    int workers = execution.workers().count();
    int panels = y.matrix().panels();
    gatheredBytes = (long) k * convolution.groups() * PANEL_BYTES;
    long panelBytes = (long) k * PANEL_BYTES;
    long rowBytes = (long) k * Float.BYTES;
    int most = gathers ? TILE_PANELS : CHUNK_PANELS;
    chunkPanels = Math.clamp(panels / ((long) CHUNKS * workers) & -2, TILE_PANELS, most);
    boolean near = gathers || TILE_PANELS * panelBytes <= L1_BYTES;
    stepPanels =
        near ? TILE_PANELS : Math.clamp(L2_BYTES / panelBytes & -2, TILE_PANELS, chunkPanels);
    long nearby = gathers ? groupChannels : WEIGHT_BYTES / rowBytes;
    long panelChunks = Math.ceilDiv(panels, chunkPanels);
    long wanted = Math.ceilDiv((long) CHUNKS * workers, Math.max(panelChunks, 1));
    long channels = Math.min(nearby, Math.ceilDiv(groupChannels, wanted));
    chunkChannels =
        convolution.groups() > 1
            ? groupChannels
            : (int)
                Math.min(
                    Math.max(Math.ceilDiv(channels, TILE_ROWS) * TILE_ROWS, TILE_ROWS),
                    groupChannels);
    channelChunks = Math.ceilDiv(groupChannels, chunkChannels);
    products = PanelProduct.forWorkers(workers, products);
    if (gatherers.length < workers) {
      gatherers = Arrays.copyOf(gatherers, workers);
    }
    widenedBytes = weights.halfPrecision() ? PanelProduct.widenedBytes(k) : 0;
    widenedBytes = (widenedBytes + PANEL_BYTES - 1) & -PANEL_BYTES;
    gathered = widenedBytes + WindowGather.MASK_BYTES;
    sums = gathered + (gathers ? TILE_PANELS * gatheredBytes : 0);
    scratchBytes = sums + (long) stepPanels * chunkChannels * PANEL_BYTES;
    Workspace workspace = execution.workspace();
    scratch = workspace.floats(Math.multiplyExact(workers, scratchBytes) / Float.BYTES);
  }

  @Override
  public void run(int chunk, int worker) {
    if (products[worker] == null) {
      products[worker] = new PanelProduct();
      gatherers[worker] = new WindowGather();
    }
    int first = chunk % channelChunks * chunkChannels;
    int channels = Math.min(chunkChannels, groupChannels - first);
    int begin = chunk / channelChunks * chunkPanels;
    int end = Math.min(begin + chunkPanels, y.matrix().panels());
    long own = worker * scratchBytes;
    for (int panel = begin; panel < end; panel += stepPanels) {
      int count = Math.min(stepPanels, end - panel);
      if (gathers) {
        gather(gatherers[worker], own, panel, count);
      }
      for (int group = 0; group < convolution.groups(); group++) {
        multiply(
            products[worker], own, panel, count, group, group * groupChannels + first, channels);
      }
    }
  }

  private void gather(WindowGather gatherer, long own, int begin, int count) {
    gatherer
        .from(convolution.window(), x, y)
        .masks(scratch, own + widenedBytes)
        .into(scratch, own + gathered);
    for (int i = 0; i < count; i++) {
      gatherer.gather(begin + i, i);
    }
  }

  /** Computes some channels of {@code count} panels, all of one group. */
  private void multiply(
      PanelProduct product, long own, int begin, int count, int group, int first, int channels) {
    if (weights.halfPrecision()) {
      product.halfPrecisionRows(weights.weight(), (long) first * k, scratch, own);
    } else {
      long rowBytes = (long) k * Float.BYTES;
      product.rows(weights.weight().data(), first * rowBytes, rowBytes);
    }
    long panelBytes = (long) k * PANEL_BYTES;
    if (gathers) {
      product.panels(scratch, own + gathered + group * panelBytes, gatheredBytes);
    } else {
      product.panels(x.matrix().data(), begin * panelBytes, panelBytes);
    }
    long sumBytes = (long) channels * PANEL_BYTES; // of a panel
    product.into(scratch, own + sums, PANEL_BYTES, sumBytes).compute(channels, k, 0, 2 * count);
    long from = Memory.begin(scratch) + own + sums;
    ConvolutionEpilogue.panels(
        scratch, from, count, channels, convolution, first, residual, y, begin);
  }
}
