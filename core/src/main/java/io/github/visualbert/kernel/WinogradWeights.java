package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.WinogradTiles.INPUTS;
import static io.github.visualbert.kernel.WinogradTiles.POSITIONS;

import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Transforms the weights of some output channels at a time.
 *
 * <p>Each method is one loop over the input channels, which a fresh process compiles within the
 * first output channels of a detector.
 */
final class WinogradWeights implements Workers.Task {
  private static final int TAPS = 9;

  /** Output channels of one chunk. */
  private static final int CHANNELS = 8;

  private final Tensor weight;
  private final MemorySegment data;
  private final double[][] points;
  private final int out;
  private final int in;

  WinogradWeights(Tensor weight, MemorySegment data, double[][] points) {
    this.weight = weight;
    this.data = data;
    this.points = points;
    this.out = (int) weight.size(0);
    this.in = (int) weight.size(1);
  }

  int chunks() {
    return Math.ceilDiv(out, CHANNELS);
  }

  @Override
  public void run(int chunk, int worker) {
    float[] row = new float[in * TAPS];
    double[][] taps = new double[TAPS][in];
    double[][] across = new double[3 * INPUTS][in];
    float[] line = new float[in];
    int end = Math.min((chunk + 1) * CHANNELS, out);
    for (int o = chunk * CHANNELS; o < end; o++) {
      weight.copyTo((long) o * row.length, row, 0, row.length);
      for (int tap = 0; tap < TAPS; tap++) {
        take(row, tap, taps[tap]);
      }
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < INPUTS; j++) {
          sum(points[j], taps[3 * i], taps[3 * i + 1], taps[3 * i + 2], across[i * INPUTS + j]);
        }
      }
      for (int position = 0; position < POSITIONS; position++) {
        int j = position % INPUTS;
        double[] point = points[position / INPUTS];
        round(point, across[j], across[INPUTS + j], across[2 * INPUTS + j], line);
        long index = ((long) position * out + o) * in;
        MemorySegment.copy(line, 0, data, ValueLayout.JAVA_FLOAT, index * Float.BYTES, in);
      }
    }
  }

  private static void take(float[] row, int tap, double[] to) {
    for (int c = 0; c < to.length; c++) {
      to[c] = row[c * TAPS + tap];
    }
  }

  private static void sum(double[] point, double[] a, double[] b, double[] c, double[] to) {
    double p = point[0];
    double q = point[1];
    double r = point[2];
    for (int i = 0; i < to.length; i++) {
      to[i] = p * a[i] + q * b[i] + r * c[i];
    }
  }

  private static void round(double[] point, double[] a, double[] b, double[] c, float[] to) {
    double p = point[0];
    double q = point[1];
    double r = point[2];
    for (int i = 0; i < to.length; i++) {
      to[i] = (float) (p * a[i] + q * b[i] + r * c[i]);
    }
  }
}
