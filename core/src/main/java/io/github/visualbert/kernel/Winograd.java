package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.WinogradTiles.INPUTS;
import static io.github.visualbert.kernel.WinogradTiles.POSITIONS;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Winograd's F(4x4, 3x3): 16 outputs of a 3 x 3 convolution for 36 multiplications instead of 144.
 *
 * <p>Tiles of inputs and weights are transformed, multiplied position by position, added over the
 * channels, and transformed back: see Lavin and Gray, Fast Algorithms for Convolutional Neural
 * Networks (2016). The points are 0, ±3/4, ±3/2 and infinity, which halve the error of the usual 0,
 * ±1, ±2 and infinity; all constants are exact floats.
 *
 * <p>The methods here, and the order of their operations, are the specification for every provider.
 */
public final class Winograd {
  /** The smaller point. */
  public static final float P = 0.75f;

  /** The larger point. */
  public static final float Q = 1.5f;

  public static final float P2 = P * P;
  public static final float Q2 = Q * Q;
  public static final float P3 = P * P * P;
  public static final float Q3 = Q * Q * Q;

  /** The product of the squares of both points. */
  public static final float PRODUCT = P2 * Q2;

  /** The sum of the squares of both points. */
  public static final float SUM = P2 + Q2;

  private Winograd() {}

  /**
   * Transforms the weights of a convolution, in double.
   *
   * @param weight (out channels, in channels, 3, 3)
   * @return F32 (36 x out channels, in channels): for each position the weights of a linear layer
   */
  static Tensor weights(Tensor weight, SegmentAllocator allocator, Workers workers) {
    long rows = Math.multiplyExact((long) POSITIONS, weight.size(0));
    long count = Math.multiplyExact(rows, weight.size(1));
    MemorySegment data = allocator.allocate(Math.multiplyExact(count, (long) Float.BYTES), 64);
    WinogradWeights task = new WinogradWeights(weight, data, points());
    workers.forEach(task.chunks(), task);
    return new Tensor(DType.F32, new long[] {rows, weight.size(1)}, data);
  }

  /** Returns the powers 0 to 2 of each point over the product of its distances to the others. */
  private static double[][] points() {
    double[] finite = {0, P, -P, Q, -Q};
    double[][] rows = new double[INPUTS][];
    for (int i = 0; i < finite.length; i++) {
      double distances = 1;
      for (int other = 0; other < finite.length; other++) {
        distances *= other == i ? 1 : finite[i] - finite[other];
      }
      rows[i] =
          new double[] {1 / distances, finite[i] / distances, finite[i] * finite[i] / distances};
    }
    rows[finite.length] = new double[] {0, 0, 1};
    return rows;
  }

  /**
   * Transforms 6 lines of inputs, {@code step} numbers apart, to 6 others in place.
   *
   * @param lanes numbers in a line
   */
  static void input(float[] a, int at, int step, int lanes) {
    for (int i = at; i < at + lanes; i++) {
      float d0 = a[i];
      float d1 = a[i + step];
      float d2 = a[i + 2 * step];
      float d3 = a[i + 3 * step];
      float d4 = a[i + 4 * step];
      float d5 = a[i + 5 * step];
      float even1 = Math.fma(-Q2, d2, d4);
      float odd1 = Math.fma(-Q2, d1, d3);
      float even2 = Math.fma(-P2, d2, d4);
      float odd2 = Math.fma(-P2, d1, d3);
      a[i] = Math.fma(-SUM, d2, Math.fma(PRODUCT, d0, d4));
      a[i + step] = Math.fma(P, odd1, even1);
      a[i + 2 * step] = Math.fma(-P, odd1, even1);
      a[i + 3 * step] = Math.fma(Q, odd2, even2);
      a[i + 4 * step] = Math.fma(-Q, odd2, even2);
      a[i + 5 * step] = Math.fma(-SUM, d3, Math.fma(PRODUCT, d1, d5));
    }
  }

  /** Transforms 6 lines of products, {@code step} numbers apart, to 4 lines of outputs in place. */
  static void output(float[] a, int at, int step, int lanes) {
    for (int i = at; i < at + lanes; i++) {
      float m0 = a[i];
      float m1 = a[i + step];
      float m2 = a[i + 2 * step];
      float m3 = a[i + 3 * step];
      float m4 = a[i + 4 * step];
      float m5 = a[i + 5 * step];
      float sumP = m1 + m2;
      float differenceP = m1 - m2;
      float sumQ = m3 + m4;
      float differenceQ = m3 - m4;
      a[i] = m0 + sumP + sumQ;
      a[i + step] = Math.fma(Q, differenceQ, P * differenceP);
      a[i + 2 * step] = Math.fma(Q2, sumQ, P2 * sumP);
      a[i + 3 * step] = Math.fma(Q3, differenceQ, Math.fma(P3, differenceP, m5));
    }
  }
}
