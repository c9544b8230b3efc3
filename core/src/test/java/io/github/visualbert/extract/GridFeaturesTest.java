package io.github.visualbert.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GridFeaturesTest {
  private static final double[] MEAN = {0.9, 0.9, 0.9};
  private static final double[] STD = {0.25, 0.25, 0.25};

  private static GridFeatures demo() {
    return new GridFeatures(4, 4, 8, 8, 0.00392156862745098, MEAN, STD, true);
  }

  @ParameterizedTest
  @CsvSource({
    "scene-1.png, scene-1.npy",
    "scene-2.png, scene-2.npy",
    "features/odd-size.png, odd-size.npy",
    "scene-1.png, scene-1.safetensors",
    "features/odd-size.png, odd-size.safetensors"
  })
  void givesTheReferencesBits(String picture, String features) {
    VisualFeatures found = demo().extract(Picture.read(TestData.DEMO_IMAGES.resolve(picture)));
    VisualFeatures expected = FeatureFile.read(TestData.DEMO_FEATURES.resolve(features));
    assertThat(found.regions()).isEqualTo(16);
    assertThat(found.dim()).isEqualTo(196);
    assertThat(found.toArray()).containsExactly(expected.toArray());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 300", "300, 1", "7, 5", "31, 33", "32, 32", "64, 96", "63, 97"})
  void anySizeOfPictureGivesTheMeansOfItsCells(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(width * 1000L + height).nextBytes(rgb);
    GridFeatures grid =
        new GridFeatures(
            2, 3, 4, 5, 1 / 255.0, new double[] {0.1, 0.2, 0.3}, new double[] {0.5, 1, 2}, false);
    VisualFeatures found = grid.extract(new Picture("made", width, height, rgb));
    assertThat(found.regions()).isEqualTo(6);
    assertThat(found.dim()).isEqualTo(60);
    for (int region = 0; region < 6; region++) {
      for (int column = 0; column < 60; column++) {
        int cy = region / 3 * 4 + column / 15;
        int cx = region % 3 * 5 + column / 3 % 5;
        assertThat(found.get(region, column))
            .as("region %d, column %d", region, column)
            .isEqualTo(slowMean(rgb, width, height, cy, 8, cx, 15, column % 3));
      }
    }
  }

  /** The demo's formula, written down again pixel by pixel. */
  private static float slowMean(
      byte[] rgb, int width, int height, int cy, int rows, int cx, int columns, int channel) {
    long sum = 0;
    int count = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        boolean inside =
            y >= Math.floorDiv(cy * height, rows)
                && y < Math.ceilDiv((cy + 1) * height, rows)
                && x >= Math.floorDiv(cx * width, columns)
                && x < Math.ceilDiv((cx + 1) * width, columns);
        if (inside) {
          sum += rgb[3 * (y * width + x) + channel] & 0xff;
          count++;
        }
      }
    }
    double mean = sum / (count * 255.0);
    return (float)
        ((mean - new double[] {0.1, 0.2, 0.3}[channel]) / new double[] {0.5, 1, 2}[channel]);
  }

  @Test
  void aCellOfManyPixelsDoesNotOverflow() {
    int side = 4000; // 16 million pixels of 255 in one cell, more than an int can sum
    byte[] rgb = new byte[3 * side * side];
    Arrays.fill(rgb, (byte) 255);
    GridFeatures one =
        new GridFeatures(1, 1, 1, 1, 1 / 255.0, new double[3], new double[] {1, 1, 1}, true);
    assertThat(one.extract(new Picture("white", side, side, rgb)).toArray())
        .containsExactly(1, 1, 1, 0, 0, 1, 1);
  }

  @Test
  void aPictureThatLiesOnItsSideIsTurnedUpright() {
    Picture lying = Picture.read(TestData.PICTURES.resolve("orientation/scene-1.png"));
    Picture upright = Picture.read(TestData.DEMO_IMAGES.resolve("scene-1.png"));
    assertThat(lying.orientation()).isEqualTo(6);
    assertThat(demo().extract(lying).toArray()).isEqualTo(demo().extract(upright).toArray());
  }

  @Test
  void regionsComeWithTheirBoxes() {
    VisualFeatures found = demo().extract(new Picture("black", 1, 1, new byte[3]));
    assertThat(found.boxes()).hasSize(16);
    assertThat(found.boxes().get(6)).isEqualTo(new Box(0.5f, 0.25f, 0.75f, 0.5f));
    assertThat(found.get(6, 192)).isEqualTo(0.5f);
    assertThat(found.get(6, 195)).isEqualTo(0.5f);
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new GridFeatures(0, 4, 8, 8, 1 / 255.0, MEAN, STD, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("grid [0, 4] of cells [8, 8]");
    assertThatThrownBy(() -> new GridFeatures(1024, 1024, 1024, 1024, 1 / 255.0, MEAN, STD, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most");
    assertThatThrownBy(() -> new GridFeatures(4, 4, 8, 8, 0, MEAN, STD, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rescale_factor is 0.0");
    assertThatThrownBy(() -> new GridFeatures(4, 4, 8, 8, Double.NaN, MEAN, STD, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new GridFeatures(4, 4, 8, 8, 1 / 255.0, MEAN, new double[] {1, 0, 1}, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("channel 1");
    assertThatThrownBy(
            () -> new GridFeatures(4, 4, 8, 8, 1 / 255.0, MEAN, new double[] {1, 1, 1e-60}, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("channel 2");
    assertThatThrownBy(() -> new GridFeatures(4, 4, 8, 8, 1 / 255.0, new double[2], STD, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 numbers");
  }
}
