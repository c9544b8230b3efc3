package io.github.visualbert.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The FMA peak of the processor: a loop of independent fused multiply-adds that stay in registers.
 */
final class FmaPeak {
  /**
   * Independent sums. A fused multiply-add has a latency of 4 or 5 cycles, and two start in each
   * cycle.
   */
  private static final int SUMS = 12;

  private FmaPeak() {}

  /** Runs the loop and returns the number of multiply-adds, one for each lane. */
  static long run(long iterations) {
    FloatVector factor = FloatVector.broadcast(Lanes.SPECIES, 0.5f);
    FloatVector a = FloatVector.broadcast(Lanes.SPECIES, 1f);
    FloatVector b = FloatVector.broadcast(Lanes.SPECIES, 2f);
    FloatVector c = FloatVector.broadcast(Lanes.SPECIES, 3f);
    FloatVector d = FloatVector.broadcast(Lanes.SPECIES, 4f);
    FloatVector e = FloatVector.broadcast(Lanes.SPECIES, 5f);
    FloatVector f = FloatVector.broadcast(Lanes.SPECIES, 6f);
    FloatVector g = FloatVector.broadcast(Lanes.SPECIES, 7f);
    FloatVector h = FloatVector.broadcast(Lanes.SPECIES, 8f);
    FloatVector i = FloatVector.broadcast(Lanes.SPECIES, 9f);
    FloatVector j = FloatVector.broadcast(Lanes.SPECIES, 10f);
    FloatVector k = FloatVector.broadcast(Lanes.SPECIES, 11f);
    FloatVector l = FloatVector.broadcast(Lanes.SPECIES, 12f);
    for (long n = 0; n < iterations; n++) {
      a = a.fma(factor, factor);
      b = b.fma(factor, factor);
      c = c.fma(factor, factor);
      d = d.fma(factor, factor);
      e = e.fma(factor, factor);
      f = f.fma(factor, factor);
      g = g.fma(factor, factor);
      h = h.fma(factor, factor);
      i = i.fma(factor, factor);
      j = j.fma(factor, factor);
      k = k.fma(factor, factor);
      l = l.fma(factor, factor);
    }
    FloatVector sum =
        a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l);
    // Always positive. Read so that C2 keeps the loop.
    return sum.reduceLanes(VectorOperators.ADD) > 0 ? iterations * SUMS * Lanes.LENGTH : 0;
  }
}
