package io.github.visualbert.picture;

/**
 * Resizes pictures as the programs did that detectors were trained and run with: bilinearly, but
 * each in its own way, and the differences reach the features.
 *
 * <p>Numbers are float32 where those programs have float32, so that positions round as theirs do.
 */
public final class Resize {
  private static final int CHANNELS = 3;

  private Resize() {}

  /**
   * Resizes as torch's {@code interpolate(mode="bilinear", align_corners=False)} does: without
   * antialiasing, on floats.
   *
   * @return red, green and blue from 0 to 255, (height, width, 3)
   */
  public static float[] torch(Picture picture, int width, int height) {
    return bilinear(
        new BytesOfRows(picture),
        CHANNELS,
        ResizeAxis.torch(picture.width(), width),
        ResizeAxis.torch(picture.height(), height));
  }

  /**
   * Resizes as OpenCV's {@code resize} of floats does when it is given a scale and no size:
   * bilinearly, without antialiasing, each side to the nearest length, a half to the even one. A
   * colour is subtracted before that.
   *
   * @param subtracted red, green and blue
   * @return red, green and blue, (height, width, 3), of the lengths {@link #openCvLength}
   */
  public static float[] openCv(Picture picture, double scale, float... subtracted) {
    Rows bytes = new BytesOfRows(picture);
    Rows shifted =
        (y, row) -> {
          bytes.read(y, row);
          for (int i = 0; i < row.length; i++) {
            row[i] -= subtracted[i % CHANNELS];
          }
        };
    return bilinear(
        shifted,
        CHANNELS,
        ResizeAxis.openCv(picture.width(), scale),
        ResizeAxis.openCv(picture.height(), scale));
  }

  /** Returns the length that {@link #openCv} makes of one; 0 where nothing remains. */
  public static int openCvLength(int length, double scale) {
    return (int) Math.rint(length * scale);
  }

  /**
   * Resizes as Pillow's {@code resize(size, Image.BILINEAR)} does: antialiased, one axis after the
   * other, each rounded to 8 bits.
   *
   * @return a picture of the same name
   */
  public static Picture pillow(Picture picture, int width, int height) {
    byte[] rgb =
        PillowAxis.resize(
            picture.rgb(), picture.width(), picture.height(), CHANNELS, width, height);
    return new Picture(picture.source(), width, height, rgb);
  }

  /** The rows of a picture, one by one, so that no copy in floats is made of a large one. */
  interface Rows {
    /** Writes the pixels of a row, channels side by side. */
    void read(int y, float[] row);
  }

  private record BytesOfRows(Picture picture) implements Rows {
    @Override
    public void read(int y, float[] row) {
      byte[] rgb = picture.rgb();
      int at = y * picture.width() * CHANNELS;
      for (int i = 0; i < row.length; i++) {
        row[i] = rgb[at + i] & 0xff;
      }
    }
  }

  /**
   * Interpolates between two neighbours on each axis, rows first: {@code (1 - f) · a + f · b}.
   *
   * @return (height, width, channels) of the axes' targets
   */
  static float[] bilinear(Rows rows, int channels, ResizeAxis across, ResizeAxis down) {
    int outRow = Math.multiplyExact(across.length(), channels);
    float[] out = new float[Math.multiplyExact(outRow, down.length())];
    float[] source = new float[across.sourceLength() * channels];
    float[] upper = new float[outRow];
    float[] lower = new float[outRow];
    int upperRow = -1;
    int lowerRow = -1;
    for (int y = 0; y < down.length(); y++) {
      if (down.low(y) == lowerRow) { // going down, the lower row becomes the upper one
        float[] swap = upper;
        upper = lower;
        lower = swap;
        int swapRow = upperRow;
        upperRow = lowerRow;
        lowerRow = swapRow;
      }
      if (down.low(y) != upperRow) {
        upperRow = down.low(y);
        rows.read(upperRow, source);
        stretch(source, channels, across, upper);
      }
      if (down.high(y) != lowerRow) {
        lowerRow = down.high(y);
        rows.read(lowerRow, source);
        stretch(source, channels, across, lower);
      }
      float f = down.weight(y);
      int at = y * outRow;
      for (int i = 0; i < outRow; i++) {
        out[at + i] = (1 - f) * upper[i] + f * lower[i];
      }
    }
    return out;
  }

  private static void stretch(float[] source, int channels, ResizeAxis across, float[] row) {
    int i = 0;
    for (int x = 0; x < across.length(); x++) {
      int low = across.low(x) * channels;
      int high = across.high(x) * channels;
      float f = across.weight(x);
      for (int c = 0; c < channels; c++) {
        row[i++] = (1 - f) * source[low + c] + f * source[high + c];
      }
    }
  }
}
