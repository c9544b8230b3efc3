package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.broadcast;
import static io.github.visualbert.simd.Lanes.exact;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link io.github.visualbert.kernel.Kernels#layerNorm}: a chunk is a panel, and every lane is a
 * row.
 *
 * <p>Each method is one pass over the features and leaves its sums in memory. As a single method
 * they would exceed C2's inlining limit ({@code NodeCountInliningCutoff}), and the calls that are
 * then not inlined box their vectors: 5 MB in one forward pass of BERT-base. For the same reason C2
 * must not inline all passes into {@link #run}. So {@link #deviate} is longer than the 325
 * bytecodes that C2 inlines at most ({@code FreqInlineSize}).
 */
final class VectorLayerNorm implements Workers.Task {
  private static final int SUMS = 4;

  /** Rows of a worker's scratch panel: the sums, then mean and scale. */
  private static final int MEAN = SUMS;

  private static final int SCALE = MEAN + 1;
  private static final int SCRATCH_ROWS = SCALE + 1;

  private Matrix x;
  private Matrix residual;
  private LayerNormWeights weights;
  private Matrix y;
  private MemorySegment scratch;

  private VectorLayerNorm() {}

  static void run(
      Execution execution, Matrix x, Matrix residual, LayerNormWeights weights, Matrix y) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    VectorLayerNorm norm = workspace.kept(VectorLayerNorm.class, VectorLayerNorm::new);
    norm.x = x;
    norm.residual = residual;
    norm.weights = weights;
    norm.y = y;
    norm.scratch = workspace.floats((long) execution.workers().count() * SCRATCH_ROWS * PANEL);
    execution.workers().forEach(x.panels(), norm);
    workspace.release(mark);
  }

  @Override
  public void run(int panel, int worker) {
    int n = x.columns();
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      long offset = x.index(panel * PANEL + lane, 0) * Float.BYTES;
      long stats =
          Memory.begin(scratch) + worker * (long) SCRATCH_ROWS * PANEL_BYTES + lane * Float.BYTES;
      MemorySegment s = x.data();
      if (residual != null) {
        s = y.data();
        add(x.data(), residual.data(), s, offset, n);
      }
      long from = Memory.begin(s) + offset;
      sum(s, from, n, scratch, stats);
      mean(scratch, stats, n);
      deviate(s, from, n, scratch, stats, weights.epsilon());
      normalise(
          s,
          from,
          y.data(),
          Memory.begin(y.data()) + offset,
          weights.weight(),
          weights.bias(),
          scratch,
          stats);
    }
  }

  private static void add(
      MemorySegment aMemory, MemorySegment bMemory, MemorySegment yMemory, long offset, int n) {
    MemorySegment as = Memory.of(aMemory);
    MemorySegment bs = Memory.of(bMemory);
    MemorySegment ys = Memory.of(yMemory);
    long a = Memory.begin(aMemory) + offset & ADDRESS;
    long b = Memory.begin(bMemory) + offset & ADDRESS;
    long y = Memory.begin(yMemory) + offset & ADDRESS;
    for (int f = 0; f < n; f++) {
      store(load(as, a, f).add(load(bs, b, f)), ys, y, f);
    }
  }

  /**
   * Sums the features, feature f into sum f mod 4. The contract sets this order; four sums hide the
   * latency of an addition.
   */
  private static void sum(
      MemorySegment sMemory, long sAt, int n, MemorySegment scratchMemory, long stats) {
    MemorySegment ss = Memory.of(sMemory);
    MemorySegment sums = Memory.of(scratchMemory);
    long s = sAt & ADDRESS;
    FloatVector a0 = broadcast(0f);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    int fours = n & -SUMS;
    for (int f = 0; f < fours; f += SUMS) {
      a0 = load(ss, s, f).add(a0);
      a1 = load(ss, s, f + 1).add(a1);
      a2 = load(ss, s, f + 2).add(a2);
      a3 = load(ss, s, f + 3).add(a3);
    }
    store(a0, sums, stats, 0);
    store(a1, sums, stats, 1);
    store(a2, sums, stats, 2);
    store(a3, sums, stats, 3);
    for (int f = fours; f < n; f++) {
      store(load(ss, s, f).add(load(sums, stats, f - fours)), sums, stats, f - fours);
    }
  }

  private static void mean(MemorySegment scratchMemory, long stats, int n) {
    MemorySegment sums = Memory.of(scratchMemory);
    FloatVector even = load(sums, stats, 0).add(load(sums, stats, 1));
    FloatVector odd = load(sums, stats, 2).add(load(sums, stats, 3));
    store(even.add(odd).div(broadcast(n)), sums, stats, MEAN);
  }

  /**
   * Sums the squared deviations from the mean in the same order, and stores the scale: 1 /
   * √(variance + epsilon).
   */
  private static void deviate(
      MemorySegment sMemory,
      long sAt,
      int n,
      MemorySegment scratchMemory,
      long stats,
      float epsilon) {
    MemorySegment ss = Memory.of(sMemory);
    MemorySegment sums = Memory.of(scratchMemory);
    long s = sAt & ADDRESS;
    FloatVector mean = load(sums, stats, MEAN);
    FloatVector a0 = broadcast(0f);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    int fours = n & -SUMS;
    for (int f = 0; f < fours; f += SUMS) {
      a0 = addSquare(load(ss, s, f).sub(mean), a0);
      a1 = addSquare(load(ss, s, f + 1).sub(mean), a1);
      a2 = addSquare(load(ss, s, f + 2).sub(mean), a2);
      a3 = addSquare(load(ss, s, f + 3).sub(mean), a3);
    }
    store(a0, sums, stats, 0);
    store(a1, sums, stats, 1);
    store(a2, sums, stats, 2);
    store(a3, sums, stats, 3);
    for (int f = fours; f < n; f++) {
      FloatVector sum = load(sums, stats, f - fours);
      store(addSquare(load(ss, s, f).sub(mean), sum), sums, stats, f - fours);
    }
    FloatVector even = load(sums, stats, 0).add(load(sums, stats, 1));
    FloatVector odd = load(sums, stats, 2).add(load(sums, stats, 3));
    FloatVector variance = even.add(odd).div(broadcast(n));
    store(broadcast(1f).div(variance.add(broadcast(epsilon)).sqrt()), sums, stats, SCALE);
  }

  private static void normalise(
      MemorySegment sMemory,
      long sAt,
      MemorySegment yMemory,
      long yAt,
      float[] weight,
      float[] bias,
      MemorySegment scratchMemory,
      long stats) {
    MemorySegment ss = Memory.of(sMemory);
    MemorySegment ys = Memory.of(yMemory);
    long s = sAt & ADDRESS;
    long y = yAt & ADDRESS;
    FloatVector mean = load(Memory.of(scratchMemory), stats, MEAN);
    FloatVector scale = load(Memory.of(scratchMemory), stats, SCALE);
    for (int f = 0; f < weight.length; f++) {
      FloatVector normal = load(ss, s, f).sub(mean).mul(scale);
      store(normal.fma(broadcast(weight[f]), broadcast(bias[f])), ys, y, f);
    }
  }

  private static FloatVector load(MemorySegment memory, long at, int row) {
    return Lanes.load(memory, at + (long) row * PANEL_BYTES);
  }

  private static void store(FloatVector vector, MemorySegment memory, long at, int row) {
    exact(vector).intoMemorySegment(memory, at + (long) row * PANEL_BYTES, ORDER);
  }

  private static FloatVector addSquare(FloatVector x, FloatVector sum) {
    return x.fma(x, exact(sum));
  }
}
