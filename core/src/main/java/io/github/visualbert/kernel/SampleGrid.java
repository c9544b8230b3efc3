package io.github.visualbert.kernel;

/**
 * The bilinear samples of RoIAlign for one region, along each axis, in cells of the map.
 *
 * <p>RoIAlign as it was before the half-pixel shift, as Caffe2, maskrcnn-benchmark and torchvision
 * of 2018 have it: a region is at least one cell wide, samples up to one cell outside take the
 * border's value, those further out count as 0.
 */
public final class SampleGrid {
  /** The longest region, in cells; the longest picture has fewer. */
  private static final int MAX_CELLS = 1 << 16;

  private final Axis rows;
  private final Axis columns;

  /**
   * Places the samples of a region.
   *
   * @param boxes x1, y1, x2, y2 of every region
   * @param size bins down and across
   * @param sampling samples down and across a bin, 0 for as many as it has cells, rounded up
   */
  public SampleGrid(
      float[] boxes, int region, float scale, int size, int sampling, int height, int width) {
    int at = 4 * region;
    rows = new Axis(boxes[at + 1] * scale, boxes[at + 3] * scale, size, sampling, height);
    columns = new Axis(boxes[at] * scale, boxes[at + 2] * scale, size, sampling, width);
  }

  public Axis rows() {
    return rows;
  }

  public Axis columns() {
    return columns;
  }

  /** The samples along one axis; sample {@code bin * perBin + i} is the i-th of its bin. */
  public static final class Axis {
    private final int perBin;
    private final int[] low;
    private final int[] high;
    private final float[] share;

    private Axis(float from, float to, int size, int sampling, int cells) {
      float length = Math.max(to - from, 1f);
      float bin = length / size;
      perBin = sampling > 0 ? sampling : (int) Math.ceil(length / size);
      if (!(length <= MAX_CELLS)) {
        throw new IllegalArgumentException(
            "a region from %s to %s, expected at most %d cells".formatted(from, to, MAX_CELLS));
      }
      low = new int[size * perBin];
      high = new int[size * perBin];
      share = new float[size * perBin];
      for (int i = 0; i < low.length; i++) {
        place(i, from + i / perBin * bin + (i % perBin + 0.5f) * bin / perBin, cells);
      }
    }

    private void place(int i, float position, int cells) {
      if (!(position >= -1 && position <= cells)) {
        low[i] = -1;
        return;
      }
      float inside = Math.max(position, 0f);
      low[i] = Math.min((int) inside, cells - 1);
      high[i] = Math.min(low[i] + 1, cells - 1);
      share[i] = low[i] == cells - 1 ? 0f : inside - low[i];
    }

    /** Returns the number of samples in a bin. */
    public int perBin() {
      return perBin;
    }

    /** Returns whether a sample counts as 0. */
    public boolean isOutside(int sample) {
      return low[sample] < 0;
    }

    /** Returns the cell before a sample. */
    public int low(int sample) {
      return low[sample];
    }

    /** Returns the cell after a sample; at the far border the same. */
    public int high(int sample) {
      return high[sample];
    }

    /** Returns the weight of {@link #high}; {@link #low} has the rest of 1. */
    public float share(int sample) {
      return share[sample];
    }
  }
}
