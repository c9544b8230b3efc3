package io.github.visualbert.detect;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.OpGolden;
import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.picture.Picture;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What enters the network of each kind from each way to store a picture. The references read files
 * with Pillow or OpenCV; the pixels beside the files are Pillow's in RGB.
 */
class DetectorPicturesTest {
  private static final List<String> FILES =
      List.of(
          "rgb-8.png",
          "rgb-16.png", // the high bytes
          "rgb-alpha-8.png", // dropped, not blended
          "rgb-alpha-16.png",
          "gray-8.png", // repeated
          "gray-1.png",
          "gray-alpha-8.png",
          "palette-8.png", // the colours, not the indices
          "palette-4-transparent.png",
          "rgb-8-interlaced.png",
          "ycc-420.jpg",
          "gray.jpg",
          "cmyk.jpg");

  private static Picture pixels(Path ppm) {
    byte[] bytes = TestData.bytes(ppm);
    String[] header = new String(bytes, 0, 20, US_ASCII).split("\\s+");
    int width = Integer.parseInt(header[1]);
    int height = Integer.parseInt(header[2]);
    byte[] rgb = Arrays.copyOfRange(bytes, bytes.length - 3 * width * height, bytes.length);
    return new Picture("pixels", width, height, rgb);
  }

  /** Returns what enters the network, and its size, which are traced first. */
  private static Map<String, OpGolden.Values> input(DetectorCase golden, Picture picture) {
    return DetectorCase.stages(
        sink -> {
          if (golden.description().has("regions")) {
            try (VcrTower tower = VcrTowerGoldenTest.builder(golden).threads(1).open()) {
              double[][] box = {{0, 0, picture.width(), picture.height()}};
              double[][][][] polygon = {{{{0, 0}, {0, 1}, {1, 0}}}};
              tower.trace(
                  picture, new GivenRegions(box, polygon, List.of("cat"), new int[1]), sink);
            }
          } else {
            try (RegionDetector detector = golden.builder().threads(1).open()) {
              detector.trace(picture, sink);
            } catch (InputException e) {
              assertThat(e).hasMessageContaining("region"); // none was found, which is all the same
            }
          }
        });
  }

  private static void assertSees(DetectorCase golden, Picture picture, Picture expected) {
    Map<String, OpGolden.Values> seen = input(golden, picture);
    Map<String, OpGolden.Values> wanted = input(golden, expected);
    for (String stage : new String[] {"input_size", "input"}) {
      assertThat(seen.get(stage).shape()).as(stage).isEqualTo(wanted.get(stage).shape());
      assertThat(Arrays.equals(seen.get(stage).numbers(), wanted.get(stage).numbers()))
          .as("%s of %s", stage, picture.source())
          .isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"butd_small", "pythia_small", "mask_rcnn_small", "vcr_small"})
  void everyWayToStorePixelsGivesTheSame(String name) {
    DetectorCase golden = DetectorCase.of(name);
    for (String file : FILES) {
      Path path = TestData.PICTURES.resolve(file);
      Path ppm = path.resolveSibling(file.substring(0, file.lastIndexOf('.')) + ".ppm");
      assertSees(golden, Picture.read(path), pixels(ppm));
    }
  }

  /** OpenCV turns a picture as Exif says, Pillow leaves it as it is stored. */
  @ParameterizedTest
  @CsvSource({
    "butd_small, true",
    "pythia_small, false",
    "mask_rcnn_small, true",
    "vcr_small, false"
  })
  void picturesAreTurnedWhereTheReferenceDoes(String name, boolean upright) {
    DetectorCase golden = DetectorCase.of(name);
    for (String file : new String[] {"6.jpg", "3.jpg", "8.png", "2.png"}) {
      Path path = TestData.PICTURES.resolve("orientation").resolve(file);
      Picture stored = Picture.read(path);
      Picture expected =
          upright
              ? pixels(path.resolveSibling(file + ".ppm"))
              : new Picture("stored", stored.width(), stored.height(), rgb(stored));
      assertSees(golden, stored, expected);
    }
  }

  private static byte[] rgb(Picture picture) {
    byte[] rgb = new byte[3 * picture.width() * picture.height()];
    for (int i = 0; i < rgb.length; i++) {
      int pixel = picture.pixel(i / 3 % picture.width(), i / 3 / picture.width());
      rgb[i] = (byte) (pixel >> 16 - 8 * (i % 3));
    }
    return rgb;
  }
}
