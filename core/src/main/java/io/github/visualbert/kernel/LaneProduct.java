package io.github.visualbert.kernel;

import static java.lang.Math.fma;

/** The product of a row vector and a panel: the one hot loop of the scalar kernels. */
final class LaneProduct {
  static final int LANES = Matrix.PANEL_ROWS;

  private LaneProduct() {}

  /**
   * {@code y[lane] = sum over k of w[k] · x[k][lane]}, all three in one array at the given offsets.
   *
   * <p>The sums are local variables rather than an array, because C2 keeps those in registers: 13
   * of 13.6 GFLOP/s on one core of a Zen 4, where the array gives 6. Sixteen chains hide the
   * latency of the multiply-add.
   *
   * @param a holds the n numbers of w, the n · 16 of x, and room for the 16 of y
   */
  static void compute(float[] a, int w, int x, int n, int y) {
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    float s8 = 0, s9 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0, s14 = 0, s15 = 0;
    for (int k = 0; k < n; k++) {
      float wk = a[w + k];
      int xk = x + k * LANES;
      s0 = fma(wk, a[xk], s0);
      s1 = fma(wk, a[xk + 1], s1);
      s2 = fma(wk, a[xk + 2], s2);
      s3 = fma(wk, a[xk + 3], s3);
      s4 = fma(wk, a[xk + 4], s4);
      s5 = fma(wk, a[xk + 5], s5);
      s6 = fma(wk, a[xk + 6], s6);
      s7 = fma(wk, a[xk + 7], s7);
      s8 = fma(wk, a[xk + 8], s8);
      s9 = fma(wk, a[xk + 9], s9);
      s10 = fma(wk, a[xk + 10], s10);
      s11 = fma(wk, a[xk + 11], s11);
      s12 = fma(wk, a[xk + 12], s12);
      s13 = fma(wk, a[xk + 13], s13);
      s14 = fma(wk, a[xk + 14], s14);
      s15 = fma(wk, a[xk + 15], s15);
    }
    a[y] = s0;
    a[y + 1] = s1;
    a[y + 2] = s2;
    a[y + 3] = s3;
    a[y + 4] = s4;
    a[y + 5] = s5;
    a[y + 6] = s6;
    a[y + 7] = s7;
    a[y + 8] = s8;
    a[y + 9] = s9;
    a[y + 10] = s10;
    a[y + 11] = s11;
    a[y + 12] = s12;
    a[y + 13] = s13;
    a[y + 14] = s14;
    a[y + 15] = s15;
  }
}
