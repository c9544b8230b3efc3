package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegionDetectorTest {
  private static final Path SCENE = TestData.DEMO_IMAGES.resolve("scene-1.png");

  private final RegionDetector detector = RegionDetector.open(SpoiltDetector.DEMO);

  @TempDir private Path folder;

  @AfterEach
  void close() {
    detector.close();
  }

  @Test
  void aPictureComesAsFileBytesOrPixels() {
    Detection ofFile = detector.detect(SCENE);
    Detection ofBytes = detector.detect(TestData.bytes(SCENE), "upload 7");
    assertThat(ofBytes.source()).isEqualTo("upload 7");
    assertThat(ofBytes.features().source()).isEqualTo("upload 7");
    assertThat(ofBytes.regions()).isEqualTo(ofFile.regions());
    assertThat(detector.detect(Picture.read(SCENE)).regions()).isEqualTo(ofFile.regions());
    assertThat(ofFile.features().boxes()).hasSameSizeAs(ofFile.regions());
    assertThat(ofFile.features().boxes().get(0).left())
        .isEqualTo(ofFile.regions().get(0).x1() / 224);
  }

  /** The published file has other types of numbers in another container. */
  @Test
  void bothFormsOfTheWeightsGiveEqualRegions() {
    try (RegionDetector torch =
        RegionDetector.builder(SpoiltDetector.DEMO)
            .weights(SpoiltDetector.DEMO.resolve("pytorch_model.bin"))
            .open()) {
      assertThat(torch.detect(SCENE).regions()).isEqualTo(detector.detect(SCENE).regions());
      assertThat(torch.fingerprint()).isNotEqualTo(detector.fingerprint());
    }
  }

  /** Whatever a picture file holds, its pixels are red, green and blue when they come here. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gray-8.png",
        "gray-1-one-pixel.png",
        "palette-4-transparent.png",
        "rgb-alpha-16.png",
        "gray.jpg",
        "cmyk.jpg",
        "ycck.jpg"
      })
  void picturesOfEveryKindAreSeen(String name) {
    Picture picture = Picture.read(TestData.PICTURES.resolve(name));
    Detection detection = detector.detect(TestData.PICTURES.resolve(name));
    assertThat(detection.width()).isEqualTo(picture.width());
    assertThat(detection.regions()).isNotEmpty();
  }

  /** Boxes refer to the picture as people see it. */
  @Test
  void picturesAreTurnedUpright() {
    Path sideways = TestData.PICTURES.resolve("orientation/6.jpg");
    Picture stored = Picture.read(sideways);
    assertThat(stored.orientation()).isEqualTo(6);
    Detection found = detector.detect(sideways);
    assertThat(found.width()).isEqualTo(stored.height());
    assertThat(found.height()).isEqualTo(stored.width());
    assertThat(found.regions()).isEqualTo(detector.detect(stored.upright()).regions());
    assertThat(DetectorKind.PYTHIA.orient(stored)).isSameAs(stored);
  }

  /** Nothing is larger than the configuration says once it is scaled. */
  @ParameterizedTest
  @ValueSource(strings = {"1x1", "3000x2000", "1x2", "300x2", "2x300"})
  void sizesThatCanBeScaled(String size) {
    int width = Integer.parseInt(size.substring(0, size.indexOf('x')));
    int height = Integer.parseInt(size.substring(size.indexOf('x') + 1));
    Picture picture = new Picture("size", width, height, new byte[3 * width * height]);
    Detection detection = detector.detect(picture);
    for (Region region : detection.regions()) {
      assertThat(region.x2()).isBetween(0f, width * 1.00001f);
      assertThat(region.y2()).isBetween(0f, height * 1.00001f);
    }
    assertThat(detector.estimatedBytes(width, height)).isBetween(1L << 16, 1L << 26);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1x20000", "20000x1", "1x300"})
  void picturesThatVanishAreRefused(String size) {
    int width = Integer.parseInt(size.substring(0, size.indexOf('x')));
    int height = Integer.parseInt(size.substring(size.indexOf('x') + 1));
    Picture picture = new Picture("thread.png", width, height, new byte[3 * width * height]);
    assertThatThrownBy(() -> detector.detect(picture))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "thread.png: a picture of %d x %d pixels becomes one of".formatted(width, height))
        .hasMessageContaining("too narrow");
    assertThat(detector.estimatedBytes(width, height)).isZero();
  }

  @Test
  void aFileThatIsNoPictureIsRefused() {
    assertThatThrownBy(() -> detector.detect(new byte[0], "upload"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("found an empty file");
  }

  /** Proposals must be larger than the smallest size, not just as large. */
  @Test
  void aPictureWithoutRegionsIsRefused() {
    SpoiltDetector.write(
        folder, config -> config.replace("\"min_size\": 0", "\"min_size\": 320"), unused -> {});
    try (RegionDetector strict = RegionDetector.open(folder)) {
      assertThatThrownBy(() -> strict.detect(SCENE))
          .isInstanceOfSatisfying(
              InputException.class, e -> assertThat(e.kind()).isEqualTo(Kind.EMPTY))
          .hasMessage(SCENE + ": the detector finds no region in this picture of 224 x 224 pixels");
    }
  }

  /** Each of these spoils another output, some only by NaN that pooling or ReLU could hide. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "backbone.stem.conv1.norm.bias",
        "backbone.res4.5.conv3.weight",
        "proposal_generator.rpn_head.anchor_deltas.bias",
        "roi_heads.res5.2.conv3.norm.running_mean",
        "roi_heads.box_predictor.cls_score.bias",
        "roi_heads.box_predictor.bbox_pred.weight",
        "roi_heads.box_predictor.attr_score.weight"
      })
  void weightsThatAreNotFiniteGiveNoRegions(String tensor) {
    SpoiltDetector.write(
        folder,
        config -> config,
        tensors -> {
          assertThat(tensors).containsKey(tensor);
          float[] values = new float[(int) tensors.get(tensor).elementCount()];
          Arrays.fill(values, Float.NaN);
          tensors.put(tensor, Tensor.of(values, tensors.get(tensor).shape()));
        });
    try (RegionDetector spoilt = RegionDetector.open(folder)) {
      assertThatThrownBy(() -> spoilt.detect(SCENE))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("the weights hold NaN or infinity, in " + tensor);
    }
  }

  @Test
  void fewerRegionsAreTheMostConfidentOnes() {
    try (RegionDetector few = RegionDetector.builder(SpoiltDetector.DEMO).detections(2, 3).open()) {
      assertThat(few.minDetections()).isEqualTo(2);
      assertThat(few.maxDetections()).isEqualTo(3);
      assertThat(few.detect(SCENE).regions())
          .isEqualTo(detector.detect(SCENE).regions().subList(0, 3));
    }
    assertThatThrownBy(() -> RegionDetector.builder(folder).detections(4, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RegionDetector.builder(folder).threads(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** What a cache is valid for: everything that changes a number. */
  @Test
  void fingerprintsTellDetectorsApart() {
    Set<String> prints = new HashSet<>();
    prints.add(detector.fingerprint());
    try (RegionDetector again = RegionDetector.builder(SpoiltDetector.DEMO).threads(1).open()) {
      assertThat(again.fingerprint()).isEqualTo(detector.fingerprint()).matches("[0-9a-f]{64}");
    }
    try (RegionDetector few =
        RegionDetector.builder(SpoiltDetector.DEMO).detections(6, 15).open()) {
      assertThat(prints.add(few.fingerprint())).isTrue();
    }
    SpoiltDetector.write(
        folder, config -> config.replace("\"nms_thresh\": 0.5", "\"nms_thresh\": 0.6"), t -> {});
    try (RegionDetector other = RegionDetector.open(folder)) {
      assertThat(prints.add(other.fingerprint())).isTrue();
    }
    // One number of one tensor.
    for (float change : new float[] {0.01f, 0.02f}) {
      SpoiltDetector.write(
          folder,
          config -> config,
          tensors -> {
            String name = "roi_heads.res5.1.conv2.weight";
            float[] values = tensors.get(name).toFloatArray();
            values[values.length / 2] += change;
            tensors.put(name, Tensor.of(values, tensors.get(name).shape()));
          });
      try (RegionDetector other = RegionDetector.open(folder)) {
        assertThat(prints.add(other.fingerprint())).isTrue();
      }
    }
  }

  @Test
  void saysWhatItIs() {
    assertThat(detector.kind()).isEqualTo(DetectorKind.BUTD);
    assertThat(detector.featureDim()).isEqualTo(224);
    assertThat(detector.describe())
        .isEqualTo(
            "butd: ResNet-C4 of 3 + 4 + 6 + 3 blocks, 224 channels of features, 12 anchors a cell,"
                + " 7 classes, 16 attributes, pictures of 320 to 533 pixels, 30 proposals, 6 to 16"
                + " regions");
  }

  @Test
  void manyThreadsMayAskAtOnceAndLendTheirs() throws Exception {
    try (ExecutorService lender = Executors.newFixedThreadPool(3);
        RegionDetector shared =
            RegionDetector.builder(SpoiltDetector.DEMO).executor(lender).threads(3).open()) {
      List<Region> expected = detector.detect(SCENE).regions();
      List<Thread> threads = new ArrayList<>();
      List<Boolean> equal = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 4; i++) {
        threads.add(
            Thread.ofPlatform()
                .start(() -> equal.add(shared.detect(SCENE).regions().equals(expected))));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(equal).containsExactly(true, true, true, true);
    }
  }

  @Test
  void closedItDoesNothing() {
    detector.close();
    detector.close();
    assertThatThrownBy(() -> detector.detect(SCENE)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> detector.detect(folder.resolve("none.png")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(detector::fingerprint).isInstanceOf(IllegalStateException.class);
  }
}
