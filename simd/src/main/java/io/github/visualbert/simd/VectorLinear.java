package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.OCTET;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.MicrokernelConstants.ROWS;
import static io.github.visualbert.simd.PanelProduct.WIDEST;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import java.lang.foreign.MemorySegment;

/**
 * {@link io.github.visualbert.kernel.Kernels#linear}: a chunk is some out features of one group of
 * octets of x, as many as fit the second cache.
 *
 * <p>Chunks of one group come one after the other, and within a chunk six rows of weights at a time
 * meet all octets; bias and activation follow. So x is read from memory once, and from the second
 * cache once for every six out features; a weight is read from memory once for every group.
 */
final class VectorLinear implements Workers.Task {
  /** Octets of x in one group, which stay near while the weights of a chunk pass. */
  private static final int GROUP_BYTES = 704 << 10;

  /** The same for half-size weights: every group widens them anew. */
  private static final int HALF_GROUP_BYTES = 4 << 20;

  /** Weights of one chunk at most. */
  private static final int CHUNK_BYTES = 512 << 10;

  /** So many chunks for each worker at least, that one who is held up delays the others little. */
  private static final int CHUNKS = 8;

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
  private PanelProduct[] products = {}; // one for each worker, made by it

  /** Per worker: the weights of some tiles as floats, where they are half-size. */
  private MemorySegment copies;

  private long copyBytes;

  /**
   * Per worker: what a chunk and a group give (panels, chunk features, 16), where y wants it by
   * rows.
   */
  private MemorySegment results;

  private long resultBytes;

  private VectorLinear() {}

  private void set(
      Execution execution, Matrix x, VectorWeights weights, Activation activation, Matrix y) {
    this.x = x;
    this.weights = weights;
    this.activation = activation;
    this.y = y;
    n = weights.outFeatures();
    k = weights.inFeatures();
    octets = Math.ceilDiv(x.rows(), OCTET);
    long rowBytes = Math.max(1, (long) k * Float.BYTES);
    long near = (weights.half() ? HALF_GROUP_BYTES : GROUP_BYTES) / (OCTET * rowBytes);
    groupOctets = octets <= near ? octets : (int) Math.max(near / WIDEST * WIDEST, WIDEST);
    int workers = execution.workers().count();
    long chunk = Math.min(CHUNK_BYTES / rowBytes, Math.ceilDiv(n, workers * CHUNKS));
    chunkFeatures = (int) Math.max(Math.ceilDiv(chunk, ROWS) * ROWS, ROWS);
    chunks = Math.ceilDiv(n, chunkFeatures);
    groups = octets == 0 ? 0 : Math.ceilDiv(octets, groupOctets);
    products = PanelProduct.forWorkers(workers, products);
    Workspace workspace = execution.workspace();
    copyBytes = weights.half() ? PanelProduct.copyBytes(k) : 0;
    copies = workspace.floats(workers * copyBytes / Float.BYTES);
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
    if (weights.half()) {
      product.halfRows(weights.weight(), (long) begin * k, copies, worker * copyBytes);
    } else {
      long rowBytes = (long) k * Float.BYTES;
      product.rows(weights.weight().data(), begin * rowBytes, rowBytes);
    }
    product.panels(x.data(), 0, k * (long) PANEL_BYTES);
    int group = chunk / chunks * groupOctets;
    group(product, worker, begin, features, group, Math.min(group + groupOctets, octets));
  }

  /** Computes {@code features} out features from {@code begin} for the octets of one group. */
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
