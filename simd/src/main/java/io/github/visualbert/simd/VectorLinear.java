package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.OCTET;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Microkernels.ROWS;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.tensor.Matrix;
import io.github.visualbert.tensor.Matrix.Layout;
import io.github.visualbert.tensor.Workspace;
import java.lang.foreign.MemorySegment;

/**
 * {@link io.github.visualbert.kernel.Kernels#linear}: a chunk is some out features of all rows.
 *
 * <p>Within a chunk, octets of rows that fit the second cache meet one block of weights after the
 * other; bias and activation follow each block at once. So a weight is read from memory once, and x
 * once for every chunk.
 */
final class VectorLinear implements Workers.Task {
  /** Weights of one block, which stay near while the octets of a group pass. */
  private static final int BLOCK_BYTES = 128 << 10;

  /** Octets of x in one group, which stay near while the blocks of a chunk pass. */
  private static final int GROUP_BYTES = 704 << 10;

  /** Octets of the widest tile; groups are whole ones, and so whole panels. */
  private static final int WIDEST = 4;

  /**
   * Weights of one chunk at most: of these, a worker with half-size weights keeps a widened copy.
   */
  private static final int CHUNK_BYTES = 512 << 10;

  /** So many chunks for each worker at least, that one who is held up delays the others little. */
  private static final int CHUNKS = 8;

  private final Matrix x;
  private final VectorWeights weights;
  private final Activation activation;
  private final Matrix y;
  private final int n;
  private final int k;
  private final int octets;
  private final int groupOctets;
  private final int blockFeatures;
  private final int chunkFeatures;
  private final PanelProduct[] products;

  /**
   * A worker's own: a chunk of weights as floats, and a block of results where y wants them by
   * rows.
   */
  private final MemorySegment widened;

  private final long widenedBytes;
  private final MemorySegment blocks;
  private final long blockBytes;

  private VectorLinear(
      Execution execution, Matrix x, VectorWeights weights, Activation activation, Matrix y) {
    this.x = x;
    this.weights = weights;
    this.activation = activation;
    this.y = y;
    n = weights.outFeatures();
    k = weights.inFeatures();
    octets = Math.ceilDiv(x.rows(), OCTET);
    long rowBytes = Math.max(1, (long) k * Float.BYTES);
    long near = GROUP_BYTES / (OCTET * rowBytes);
    groupOctets = octets <= near ? octets : (int) Math.max(near / WIDEST * WIDEST, WIDEST);
    blockFeatures = tiles(BLOCK_BYTES / rowBytes);
    int workers = execution.workers().count();
    chunkFeatures =
        Math.min(tiles(CHUNK_BYTES / rowBytes), tiles(Math.ceilDiv(n, workers * CHUNKS)));
    products = new PanelProduct[workers];
    Workspace workspace = execution.workspace();
    widenedBytes = weights.half() ? chunkFeatures * rowBytes : 0;
    widened = workspace.floats(workers * widenedBytes / Float.BYTES);
    blockBytes =
        y.layout() == Layout.ROWS ? (long) panels(groupOctets) * blockFeatures * PANEL_BYTES : 0;
    blocks = workspace.floats(workers * blockBytes / Float.BYTES);
  }

  static void run(
      Execution execution, Matrix x, VectorWeights weights, Activation activation, Matrix y) {
    long mark = execution.workspace().mark();
    VectorLinear linear = new VectorLinear(execution, x, weights, activation, y);
    execution.workers().forEach(Math.ceilDiv(linear.n, linear.chunkFeatures), linear);
    execution.workspace().release(mark);
  }

  /** Returns a number of features as whole tiles, at least one. */
  private static int tiles(long features) {
    return Math.clamp(features / ROWS * ROWS, ROWS, 16 * ROWS);
  }

  private static int panels(int octets) {
    return Math.ceilDiv(octets * OCTET, PANEL);
  }

  @Override
  public void run(int chunk, int worker) {
    if (products[worker] == null) {
      products[worker] = new PanelProduct();
    }
    PanelProduct product = products[worker];
    int chunkBegin = chunk * chunkFeatures;
    int chunkEnd = Math.min(chunkBegin + chunkFeatures, n);
    MemorySegment w = weights.weight().data();
    long rowBytes = (long) k * Float.BYTES;
    long rowZero = 0; // where row 0 of the layer would be
    if (weights.half()) {
      w = widened;
      rowZero = worker * widenedBytes - chunkBegin * rowBytes;
      HalfWeights.widen(
          weights.weight(),
          (long) chunkBegin * k,
          widened,
          worker * widenedBytes,
          (chunkEnd - chunkBegin) * (long) k);
    }
    product.panels(x.data(), 0, k * (long) PANEL_BYTES);
    for (int group = 0; group < octets; group += groupOctets) {
      int groupEnd = Math.min(group + groupOctets, octets);
      for (int begin = chunkBegin; begin < chunkEnd; begin += blockFeatures) {
        int end = Math.min(begin + blockFeatures, chunkEnd);
        product.rows(w, rowZero + begin * rowBytes, rowBytes);
        block(product, worker, begin, end, group, groupEnd);
      }
    }
  }

  private void block(
      PanelProduct product, int worker, int begin, int end, int octetBegin, int octetEnd) {
    MemorySegment memory = y.data();
    long offset;
    long step;
    long panelStep;
    switch (y.layout()) {
      case PANELS -> {
        step = PANEL_BYTES;
        panelStep = n * (long) PANEL_BYTES;
        offset = begin * step;
      }
      case COLUMNS -> {
        step = Matrix.paddedRows(y.rows()) * (long) Float.BYTES;
        panelStep = PANEL_BYTES;
        offset = begin * step;
      }
      default -> {
        step = PANEL_BYTES;
        panelStep = blockFeatures * (long) PANEL_BYTES;
        memory = blocks;
        offset = worker * blockBytes - (octetBegin >> 1) * panelStep;
      }
    }
    product.into(memory, offset, step, panelStep);
    product.compute(end - begin, k, octetBegin, octetEnd);
    for (int panel = octetBegin >> 1; panel < (octetEnd + 1) >> 1; panel++) {
      long at = offset + panel * panelStep;
      Epilogue.apply(memory, at, step, end - begin, weights.bias(), begin, activation);
      if (y.layout() == Layout.ROWS) {
        int row = panel * PANEL;
        RowStore.store(memory, at, end - begin, y, row, Math.min(PANEL, y.rows() - row), begin);
      }
    }
  }
}
