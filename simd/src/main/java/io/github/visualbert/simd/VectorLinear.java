package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.OCTET;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.PanelProduct.TILE_ROWS;
import static io.github.visualbert.simd.PanelProduct.WIDEST;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * {@link io.github.visualbert.kernel.Kernels#linear}: a chunk is a block of output features for one
 * group of octets of x, which fits in L2.
 *
 * <p>All chunks of a group come before the next group. Within a chunk, six or eight rows of weights
 * at a time are multiplied with all octets of the group; bias and activation follow. So x is read
 * from memory once, and from L2 once for every tile of output features. A weight is read from
 * memory once for every group.
 */
final class VectorLinear implements Workers.Task {
  /**
   * The most bytes of x in one group: 224 rows of 768 numbers. A group stays in L2 while the
   * weights of a chunk pass. Groups of 200 to 400 KB gain no more ({@code docs/performance.md},
   * "Where a pass goes").
   */
  private static final int GROUP_BYTES = 704 << 10;

  /**
   * The same for half-precision weights. Larger, because every group widens them again; so F16 at
   * 448 rows is nearly as fast as F32 ({@code docs/performance.md}, "Linear layers").
   */
  private static final int HALF_PRECISION_GROUP_BYTES = 4 << 20;

  /** The most bytes of weights in one chunk, as floats: with a group of x, 1.2 MB of a 2 MB L2. */
  private static final int CHUNK_BYTES = 512 << 10;

  /**
   * The fewest chunks for each worker. More chunks shorten the wait for a late worker, but are less
   * of a stream each ({@code docs/performance.md}, "Other processors").
   */
  private static final int CHUNKS = 4;

  private Matrix x;
  private VectorWeights weights;
  private Activation activation;
  private Matrix y;
  private int n;
  private int k;
  private int octets;
  private int groupOctets;
  private int chunkFeatures;
  private int chunks;
  private int groups;
  private PanelProduct[] products = {}; // a slot for each worker, which fills it

  /** Per worker: the buffer for widened weights, if they are half-precision. */
  private MemorySegment widened;

  private long widenedBytes;

  /** Per worker: the result of a chunk (panels, chunk features, 16), if y is laid out by rows. */
  private MemorySegment results;

  private long resultBytes;

  private VectorLinear() {}

  /** Returns one line about what is computed at a time, which is the same on every machine. */
  static String describe() {
    return "blocks of %d KB of x and up to %d KB of weights; at least %d chunks a thread"
        .formatted(GROUP_BYTES >> 10, CHUNK_BYTES >> 10, CHUNKS);
  }

  private void set(
      Execution execution, Matrix x, VectorWeights weights, Activation activation, Matrix y) {
    this.x = x;
    this.weights = weights;
    this.activation = activation;
    this.y = y;
    n = weights.outFeatures();
    k = weights.inFeatures();
    octets = Math.ceilDiv(x.rows(), OCTET);
    boolean bf16 = weights.weight().dtype() == DType.BF16;
    if (PanelProduct.FULL_RATE_512 && (!bf16 || octets > WIDEST)) { // narrow BF16 stays in place
      octets = 2 * x.panels();
    }
    long rowBytes = Math.max(1, (long) k * Float.BYTES);
    long near =
        (weights.halfPrecision() ? HALF_PRECISION_GROUP_BYTES : GROUP_BYTES) / (OCTET * rowBytes);
    groupOctets = octets <= near ? octets : (int) Math.max(near / WIDEST * WIDEST, WIDEST);
    int workers = execution.workers().count();
    long chunk = Math.min(CHUNK_BYTES / rowBytes, Math.ceilDiv(n, workers * CHUNKS));
    chunkFeatures = (int) Math.max(Math.ceilDiv(chunk, TILE_ROWS) * TILE_ROWS, TILE_ROWS);
    chunks = Math.ceilDiv(n, chunkFeatures);
    groups = octets == 0 ? 0 : Math.ceilDiv(octets, groupOctets);
    products = PanelProduct.forWorkers(workers, products);
    Workspace workspace = execution.workspace();
    widenedBytes = weights.halfPrecision() ? PanelProduct.widenedBytes(k) : 0;
    widened = workspace.floats(workers * widenedBytes / Float.BYTES);
    long panelBytes = (long) chunkFeatures * PANEL_BYTES;
    resultBytes = y.layout() == Layout.ROWS ? Math.ceilDiv(groupOctets, 2) * panelBytes : 0;
    results = workspace.floats(workers * resultBytes / Float.BYTES);
  }

  static void run(
      Execution execution, Matrix x, VectorWeights weights, Activation activation, Matrix y) {
    long mark = execution.workspace().mark();
    VectorLinear linear = execution.workspace().kept(VectorLinear.class, VectorLinear::new);
    linear.set(execution, x, weights, activation, y);
    execution.workers().forEach(linear.chunks * linear.groups, linear);
    execution.workspace().release(mark);
  }

  @Override
  public void run(int chunk, int worker) {
    if (products[worker] == null) {
      products[worker] = new PanelProduct();
    }
    PanelProduct product = products[worker];
    int begin = chunk % chunks * chunkFeatures;
    int features = Math.min(chunkFeatures, n - begin);
    if (weights.halfPrecision()) {
      product.halfPrecisionRows(weights.weight(), (long) begin * k, widened, worker * widenedBytes);
    } else {
      long rowBytes = (long) k * Float.BYTES;
      product.rows(weights.weight().data(), begin * rowBytes, rowBytes);
    }
    product.panels(x.data(), 0, k * (long) PANEL_BYTES);
    int group = chunk / chunks * groupOctets;
    group(product, worker, begin, features, group, Math.min(group + groupOctets, octets));
  }

  /** Computes {@code features} output features from {@code begin} for the octets of one group. */
  private void group(
      PanelProduct product, int worker, int begin, int features, int octetBegin, int octetEnd) {
    MemorySegment memory = y.data();
    long step = PANEL_BYTES;
    long panelStep = n * (long) PANEL_BYTES;
    long offset = begin * step;
    if (y.layout() == Layout.COLUMNS) {
      step = Matrix.paddedRows(y.rows()) * (long) Float.BYTES;
      panelStep = PANEL_BYTES;
      offset = begin * step;
    } else if (y.layout() == Layout.ROWS) {
      memory = results;
      panelStep = chunkFeatures * step;
      offset = worker * resultBytes - (octetBegin >> 1) * panelStep;
    }
    product.into(memory, offset, step, panelStep).compute(features, k, octetBegin, octetEnd);
    for (int panel = octetBegin >> 1; panel < (octetEnd + 1) >> 1; panel++) {
      long at = offset + panel * panelStep;
      Epilogue.apply(memory, at, step, features, weights.bias(), begin, activation);
      if (y.layout() == Layout.ROWS) {
        int row = panel * PANEL;
        RowStore.store(memory, at, features, y, row, Math.min(PANEL, y.rows() - row), begin);
      }
    }
  }
}
