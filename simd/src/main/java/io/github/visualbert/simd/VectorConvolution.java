package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.MicrokernelConstants.ROWS;

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
 * <p>A chunk is some output channels of some panels of one group.
 */
final class VectorConvolution implements Workers.Task {
  /** Panels of one chunk that are gathered: those of the widest tile. */
  private static final int GATHERED_PANELS = 2;

  /** The most bytes of x in one chunk that is not gathered; they stay in L2. */
  private static final int PANELS_BYTES = 704 << 10;

  /** The most bytes of weights in one chunk that is not gathered. */
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
  private int chunkChannels;
  private int channelChunks; // of a group
  private PanelProduct[] products = {};
  private WindowGather[] gatherers = {};
  private MemorySegment scratch;
  private long scratchBytes; // for each worker
  private long widenedBytes;

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
    execution
        .workers()
        .forEach(Math.multiplyExact(panelChunks, convolution.groups() * task.channelChunks), task);
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
    long panelBytes = (long) k * PANEL_BYTES;
    long rowBytes = (long) k * Float.BYTES;
    int most = gathers ? GATHERED_PANELS : even(PANELS_BYTES / panelBytes);
    chunkPanels = Math.max(Math.min(most, even(panels / ((long) CHUNKS * workers))), 2);
    long nearby = gathers ? groupChannels : WEIGHT_BYTES / rowBytes;
    long panelChunks = Math.ceilDiv(panels, chunkPanels) * (long) convolution.groups();
    long wanted = Math.ceilDiv((long) CHUNKS * workers, Math.max(panelChunks, 1));
    long channels = Math.min(nearby, Math.ceilDiv(groupChannels, wanted));
    chunkChannels =
        (int) Math.min(Math.max(Math.ceilDiv(channels, ROWS) * ROWS, ROWS), groupChannels);
    channelChunks = Math.ceilDiv(groupChannels, chunkChannels);
    products = PanelProduct.forWorkers(workers, products);
    if (gatherers.length < workers) {
      gatherers = Arrays.copyOf(gatherers, workers);
    }
    widenedBytes = weights.halfPrecision() ? PanelProduct.widenedBytes(k) : 0;
    widenedBytes = (widenedBytes + PANEL_BYTES - 1) & -PANEL_BYTES;
    scratchBytes =
        widenedBytes + WindowGather.MASK_BYTES + (gathers ? GATHERED_PANELS * panelBytes : 0);
    Workspace workspace = execution.workspace();
    scratch = workspace.floats(Math.multiplyExact(workers, scratchBytes) / Float.BYTES);
  }

  private static int even(long panels) {
    return (int) Math.min(panels & -2, 1 << 20);
  }

  @Override
  public void run(int chunk, int worker) {
    if (products[worker] == null) {
      products[worker] = new PanelProduct();
      gatherers[worker] = new WindowGather();
    }
    int ofGroup = chunk % channelChunks * chunkChannels;
    int rest = chunk / channelChunks;
    int group = rest % convolution.groups();
    int begin = rest / convolution.groups() * chunkPanels;
    int end = Math.min(begin + chunkPanels, y.matrix().panels());
    int channels = Math.min(chunkChannels, groupChannels - ofGroup);
    int first = group * groupChannels + ofGroup;
    PanelProduct product = products[worker];
    long own = worker * scratchBytes;
    if (weights.halfPrecision()) {
      product.halfPrecisionRows(weights.weight(), (long) first * k, scratch, own);
    } else {
      long rowBytes = (long) k * Float.BYTES;
      product.rows(weights.weight().data(), first * rowBytes, rowBytes);
    }
    long panelBytes = (long) k * PANEL_BYTES;
    if (gathers) {
      long masks = own + widenedBytes;
      long gathered = masks + WindowGather.MASK_BYTES;
      int in = k / convolution.window().taps();
      WindowGather gatherer =
          gatherers[worker]
              .from(convolution.window(), x, y, group * in, in)
              .masks(scratch, masks)
              .into(scratch, gathered);
      for (int panel = begin; panel < end; panel++) {
        gatherer.gather(panel, panel - begin);
      }
      product.panels(scratch, gathered, panelBytes);
    } else {
      product.panels(x.matrix().data(), begin * panelBytes, panelBytes);
    }
    MemorySegment memory = y.matrix().data();
    long yPanel = (long) y.channels() * PANEL_BYTES;
    long offset = begin * yPanel + (long) first * PANEL_BYTES;
    product.into(memory, offset, PANEL_BYTES, yPanel).compute(channels, k, 0, 2 * (end - begin));
    for (int panel = begin; panel < end; panel++) {
      long at = offset + (panel - begin) * yPanel;
      MemorySegment added = residual == null ? null : residual.matrix().data();
      ConvolutionEpilogue.apply(
          memory,
          Memory.begin(memory) + at,
          channels,
          convolution,
          first,
          added,
          added == null ? 0 : Memory.begin(added) + at);
    }
  }
}
