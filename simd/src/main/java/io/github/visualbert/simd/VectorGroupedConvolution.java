package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.PANEL_BYTES;

import io.github.visualbert.kernel.Convolution;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.FeatureMap.Order;
import io.github.visualbert.kernel.Window;
import io.github.visualbert.kernel.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@link io.github.visualbert.kernel.ImageKernels#convolve} in groups, for windows that keep the
 * map's size: products of {@link ListedMicrokernels} over {@link WindowPlanes}.
 *
 * <p>A group has so few channels that gathering a window for it costs as much as its products. So
 * pixels are copied once for each column of the window instead of once for each tap. A chunk is
 * some groups of some panels, whose planes stay in L2.
 */
final class VectorGroupedConvolution implements Workers.Task {
  /** The most bytes of the planes of one chunk; they stay in L2. */
  private static final int L2_BYTES = 704 << 10;

  /** The channels of a chunk, which are side by side in every panel of the map. */
  private static final int CHANNELS = 32;

  /** Panels of a tile. */
  private static final int TILE_PANELS = 2;

  /** The fewest rows of a tile; others have twice as many. */
  private static final int ROWS = 4;

  /** The fewest chunks for each worker, unless they would be of fewer panels than the next. */
  private static final int CHUNKS = 4;

  private static final int BAND_PANELS = 16;

  private FeatureMap x;
  private Convolution convolution;
  private VectorWeights weights;
  private FeatureMap residual;
  private FeatureMap y;
  private int k;
  private int in; // channels of a group
  private int out;
  private int chunkGroups;
  private int bandPanels; // of a chunk
  private int bands;
  private long planeBytes;
  private WindowPlanes[] copies = {};
  private MemorySegment scratch; // the list of rows, then for each worker planes and sums
  private long begin;
  private long sums;
  private long workerBytes;

  private VectorGroupedConvolution() {}

  /** Returns whether this computes such a convolution. */
  static boolean fits(FeatureMap x, Convolution convolution, VectorWeights weights, FeatureMap y) {
    int groups = convolution.groups();
    Window window = convolution.window();
    return groups > 1
        && Lanes.BITS >= 256
        && window.stride() == 1
        && x.order() == Order.PIXELS
        && x.width() == y.width()
        && x.height() == y.height()
        && convolution.outChannels() / groups % ROWS == 0
        && !weights.halfPrecision()
        && convolution.inChannels()
                / groups
                * window.size()
                * WindowPlanes.planeBytes(window, x.width(), TILE_PANELS)
            <= L2_BYTES;
  }

  static void run(
      Execution execution,
      FeatureMap x,
      Convolution convolution,
      VectorWeights weights,
      FeatureMap residual,
      FeatureMap y) {
    long mark = execution.workspace().mark();
    VectorGroupedConvolution task =
        execution.workspace().kept(VectorGroupedConvolution.class, VectorGroupedConvolution::new);
    task.set(execution, x, convolution, weights, residual, y);
    int blocks = Math.ceilDiv(convolution.groups(), task.chunkGroups);
    execution.workers().forEach(Math.multiplyExact(task.bands, blocks), task);
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
    in = convolution.inChannels() / convolution.groups();
    out = convolution.outChannels() / convolution.groups();
    Window window = convolution.window();
    int workers = execution.workers().count();
    int panels = y.matrix().panels();
    long planes = (long) in * window.size();
    long margins = planes * WindowPlanes.planeBytes(window, x.width(), 0);
    chunkGroups =
        Math.clamp(L2_BYTES / 2 / margins, 1, Math.clamp(CHANNELS / in, 1, convolution.groups()));
    long most = (L2_BYTES / chunkGroups - margins) / (planes * PANEL_BYTES);
    int wanted = Math.ceilDiv(CHUNKS * workers * chunkGroups, convolution.groups());
    bands =
        (int)
            Math.max(
                Math.ceilDiv(panels, Math.max(most, TILE_PANELS)),
                Math.min(wanted, Math.ceilDiv(panels, BAND_PANELS)));
    bandPanels = Math.ceilDiv(panels, bands) + 1 & -2;
    bands = Math.ceilDiv(panels, bandPanels);
    planeBytes = WindowPlanes.planeBytes(window, x.width(), bandPanels);
    begin = Math.ceilDiv(k * Integer.BYTES, PANEL_BYTES) * (long) PANEL_BYTES;
    sums = chunkGroups * planes * planeBytes;
    workerBytes = sums + (long) TILE_PANELS * out * PANEL_BYTES;
    scratch =
        execution
            .workspace()
            .floats((begin + Math.multiplyExact(workers, workerBytes)) / Float.BYTES);
    WindowPlanes.list(window, x.width(), in, planeBytes, scratch, Memory.begin(scratch));
    if (copies.length < workers) {
      copies = Arrays.copyOf(copies, workers);
    }
  }

  @Override
  public void run(int chunk, int worker) {
    if (copies[worker] == null) {
      copies[worker] = new WindowPlanes();
    }
    int group = chunk / bands * chunkGroups;
    int groups = Math.min(chunkGroups, convolution.groups() - group);
    int first = chunk % bands * bandPanels;
    int count = Math.min(bandPanels, y.matrix().panels() - first);
    long own = Memory.begin(scratch) + begin + worker * workerBytes;
    copies[worker].fill(
        convolution.window(), x, group * in, groups * in, first, count, scratch, own, planeBytes);
    for (int i = 0; i < groups; i++) {
      long plane = own + i * in * convolution.window().size() * planeBytes;
      for (int panel = 0; panel < count; panel += TILE_PANELS) {
        multiply(group + i, plane + (long) panel * PANEL_BYTES, own + sums);
        ConvolutionEpilogue.panels(
            scratch,
            own + sums,
            Math.min(TILE_PANELS, count - panel),
            out,
            convolution,
            (group + i) * out,
            residual,
            y,
            first + panel);
      }
    }
  }

  /** Computes all channels of a group for two panels. */
  private void multiply(int group, long from, long to) {
    MemorySegment memory = weights.weight().data();
    long rowBytes = (long) k * Float.BYTES;
    long sumBytes = (long) out * PANEL_BYTES;
    for (int row = 0, rows; row < out; row += rows) {
      rows = Lanes.BITS == 512 && out - row >= 2 * ROWS ? 2 * ROWS : ROWS;
      long w = Memory.begin(memory) + ((long) group * out + row) * rowBytes;
      long sum = to + (long) row * PANEL_BYTES;
      tile(rows, memory, w, rowBytes, from, sum, sumBytes);
    }
  }

  private void tile(
      int rows, MemorySegment memory, long w, long rowBytes, long from, long to, long sumBytes) {
    long list = Memory.begin(scratch);
    if (rows > ROWS) {
      ListedMicrokernels.lanes32By8(
          memory,
          w,
          rowBytes,
          scratch,
          from,
          PANEL_BYTES,
          scratch,
          list,
          k,
          scratch,
          to,
          PANEL_BYTES,
          sumBytes);
    } else if (Lanes.BITS == 512) {
      ListedMicrokernels.lanes32By4(
          memory,
          w,
          rowBytes,
          scratch,
          from,
          PANEL_BYTES,
          scratch,
          list,
          k,
          scratch,
          to,
          PANEL_BYTES,
          sumBytes);
    } else {
      for (int panel = 0; panel < TILE_PANELS; panel++) {
        ListedMicrokernels.pairBy4(
            memory,
            w,
            rowBytes,
            scratch,
            from + panel * PANEL_BYTES,
            PANEL_BYTES,
            scratch,
            list,
            k,
            scratch,
            to + panel * sumBytes,
            PANEL_BYTES,
            sumBytes);
      }
    }
  }
}
