package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.SPECIES;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link io.github.visualbert.kernel.Kernels#layerNorm}: a chunk is a panel, and every lane is a
 * row of its own.
 */
final class VectorLayerNorm implements Workers.Task {
  private final Matrix x;
  private final Matrix residual;
  private final LayerNormWeights weights;
  private final Matrix y;

  VectorLayerNorm(Matrix x, Matrix residual, LayerNormWeights weights, Matrix y) {
    this.x = x;
    this.residual = residual;
    this.weights = weights;
    this.y = y;
  }

  @Override
  public void run(int panel, int worker) {
    int n = x.columns();
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      long offset = x.index(panel * PANEL + lane, 0) * Float.BYTES;
      MemorySegment s = x.data();
      if (residual != null) {
        s = y.data();
        add(x.data(), residual.data(), s, offset, n);
      }
      normalise(s, y.data(), offset, n, weights.weight(), weights.bias(), weights.epsilon());
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
      load(as, a, f).add(load(bs, b, f)).intoMemorySegment(ys, y + (long) f * PANEL_BYTES, ORDER);
    }
  }

  /**
   * Normalises one vector of rows. The four sums are the contract's: they hide the latency of an
   * addition.
   */
  private static void normalise(
      MemorySegment sMemory,
      MemorySegment yMemory,
      long offset,
      int n,
      float[] weight,
      float[] bias,
      float epsilon) {
    MemorySegment ss = Memory.of(sMemory);
    MemorySegment ys = Memory.of(yMemory);
    long s = Memory.begin(sMemory) + offset & ADDRESS;
    long y = Memory.begin(yMemory) + offset & ADDRESS;
    int fours = n & -4;

    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = FloatVector.zero(SPECIES);
    FloatVector a2 = FloatVector.zero(SPECIES);
    FloatVector a3 = FloatVector.zero(SPECIES);
    for (int f = 0; f < fours; f += 4) {
      a0 = a0.add(load(ss, s, f));
      a1 = a1.add(load(ss, s, f + 1));
      a2 = a2.add(load(ss, s, f + 2));
      a3 = a3.add(load(ss, s, f + 3));
    }
    if (fours < n) {
      a0 = a0.add(load(ss, s, fours));
    }
    if (fours + 1 < n) {
      a1 = a1.add(load(ss, s, fours + 1));
    }
    if (fours + 2 < n) {
      a2 = a2.add(load(ss, s, fours + 2));
    }
    FloatVector mean = a0.add(a1).add(a2.add(a3)).div(n);

    a0 = FloatVector.zero(SPECIES);
    a1 = FloatVector.zero(SPECIES);
    a2 = FloatVector.zero(SPECIES);
    a3 = FloatVector.zero(SPECIES);
    for (int f = 0; f < fours; f += 4) {
      a0 = addSquare(a0, load(ss, s, f).sub(mean));
      a1 = addSquare(a1, load(ss, s, f + 1).sub(mean));
      a2 = addSquare(a2, load(ss, s, f + 2).sub(mean));
      a3 = addSquare(a3, load(ss, s, f + 3).sub(mean));
    }
    if (fours < n) {
      a0 = addSquare(a0, load(ss, s, fours).sub(mean));
    }
    if (fours + 1 < n) {
      a1 = addSquare(a1, load(ss, s, fours + 1).sub(mean));
    }
    if (fours + 2 < n) {
      a2 = addSquare(a2, load(ss, s, fours + 2).sub(mean));
    }
    FloatVector variance = a0.add(a1).add(a2.add(a3)).div(n);
    FloatVector scale = FloatVector.broadcast(SPECIES, 1f).div(variance.add(epsilon).sqrt());

    for (int f = 0; f < n; f++) {
      load(ss, s, f)
          .sub(mean)
          .mul(scale)
          .fma(FloatVector.broadcast(SPECIES, weight[f]), FloatVector.broadcast(SPECIES, bias[f]))
          .intoMemorySegment(ys, y + (long) f * PANEL_BYTES, ORDER);
    }
  }

  private static FloatVector load(MemorySegment memory, long at, int feature) {
    return FloatVector.fromMemorySegment(SPECIES, memory, at + (long) feature * PANEL_BYTES, ORDER);
  }

  private static FloatVector addSquare(FloatVector sum, FloatVector x) {
    return x.fma(x, sum);
  }
}
