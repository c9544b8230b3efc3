package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of the references' programs, byte by byte, and read back. */
class DetectLayoutTest {
  private static final Path IMAGE = TinyDetector.image("butd_small");
  private static final Path WIDE = Cli.DEMO.resolve("regions/wide.png");

  @TempDir private static Path detectors;
  private static Path butd;
  private static Path pythia;
  private static Path maskRcnn;

  @TempDir private Path folder;

  @BeforeAll
  static void publish() throws IOException {
    butd = TinyDetector.publish("butd_small", detectors);
    pythia = TinyDetector.publish("pythia_small", detectors);
    maskRcnn = TinyDetector.publish("mask_rcnn_small", detectors);
  }

  private static Cli.Result detect(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("detect", "--provider", "scalar"));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  private static RegionDetectorBuilder builder(Path detector) {
    return DetectorFolder.require(detector).builder().provider("scalar");
  }

  /** An array of a NumPy file: its header, and its numbers in order. */
  private record Array(String type, String shape, double[] numbers) {
    static Array parse(byte[] file) {
      ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      int start = 10 + bytes.getShort(8);
      String header = new String(file, 10, start - 10, StandardCharsets.US_ASCII);
      String type = header.replaceFirst("(?s).*'descr': '(...)'.*", "$1");
      String shape = header.replaceFirst("(?s).*'shape': \\((.*)\\), \\}.*", "$1");
      bytes.position(start);
      double[] numbers = new double[bytes.remaining() / (type.endsWith("4") ? 4 : 8)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] =
            switch (type) {
              case "<f4" -> bytes.getFloat();
              case "<f8" -> bytes.getDouble();
              default -> bytes.getLong();
            };
      }
      return new Array(type, shape, numbers);
    }

    static Map<String, Array> ofNpz(Path file) throws IOException {
      Map<String, Array> arrays = new HashMap<>();
      try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
        for (ZipEntry each = zip.getNextEntry(); each != null; each = zip.getNextEntry()) {
          arrays.put(each.getName(), parse(zip.readAllBytes()));
        }
      }
      return arrays;
    }

    void requireSame(String expectedType, String expectedShape, double... expected) {
      assertThat(type).isEqualTo(expectedType);
      assertThat(shape).isEqualTo(expectedShape);
      assertThat(numbers).isEqualTo(expected);
    }
  }

  private static double[] boxes(Detection detection) {
    return detection.regions().stream()
        .flatMapToDouble(r -> Arrays.stream(new double[] {r.x1(), r.y1(), r.x2(), r.y2()}))
        .toArray();
  }

  private static double[] of(Detection detection, ToDoubleFunction<Region> number) {
    return detection.regions().stream().mapToDouble(number).toArray();
  }

  private static double[] doubles(Tensor tensor) {
    double[] numbers = new double[(int) tensor.elementCount()];
    Arrays.setAll(numbers, tensor::getFloat);
    return numbers;
  }

  @Test
  void pythiaHasTwoFilesForEachPicture() throws IOException {
    Path target = folder.resolve("features");
    Path wide = TinyDetector.publish("pythia_wide", folder);
    detect("--detector", wide, "--image", WIDE, "--output", target, "--layout", "pythia").answer();
    assertThat(Cli.filesIn(target))
        .containsExactly(target.resolve("wide.npy"), target.resolve("wide_info.npz"));
    try (RegionDetector detector = builder(wide).open()) {
      Detection detection = detector.detect(WIDE);
      assertThat(FeatureFile.read(target.resolve("wide.npy")).toArray())
          .isEqualTo(detection.features().toArray());
      Map<String, Array> info = Array.ofNpz(target.resolve("wide_info.npz"));
      int count = detection.regions().size();
      double left =
          Arrays.stream(of(detection, Region::selectionConfidence)).filter(c -> c > 0).count();
      assertThat(left).isLessThan(count); // some are suppressed in every class
      info.get("bbox.npy").requireSame("<f4", count + ", 4", boxes(detection));
      info.get("num_boxes.npy").requireSame("<i8", "", left);
      info.get("objects.npy").requireSame("<i8", count + ",", of(detection, Region::objectId));
      info.get("image_width.npy").requireSame("<i8", "", detection.width());
      info.get("image_height.npy").requireSame("<i8", "", detection.height());
      info.get("cls_prob.npy")
          .requireSame(
              "<f4", count + ", 9", doubles(detector.classProbabilities(detection.features())));
      assertThat(info).hasSize(6);
    }
  }

  @Test
  void lxmertHasLinesOf36Regions() throws IOException {
    Path file = folder.resolve("features.tsv");
    detect("--detector", butd, "--image", IMAGE, "--output", file, "--layout", "lxmert").answer();
    Detection detection;
    try (RegionDetector detector = builder(butd).detections(36, 36).open()) {
      detection = detector.detect(IMAGE);
    }
    assertThat(Files.readString(file)).endsWith("\r\n");
    String[] fields = Files.readString(file).strip().split("\t");
    assertThat(fields).hasSize(10);
    assertThat(List.of(fields[0], fields[1], fields[2], fields[7]))
        .containsExactly(
            "image",
            Integer.toString(detection.height()),
            Integer.toString(detection.width()),
            Integer.toString(detection.regions().size()));
    assertThat(longs(fields[3])).isEqualTo(of(detection, Region::objectId));
    assertThat(floats(fields[4])).isEqualTo(of(detection, Region::confidence));
    assertThat(longs(fields[5])).isEqualTo(of(detection, Region::attributeId));
    assertThat(floats(fields[6])).isEqualTo(of(detection, Region::attributeConfidence));
    assertThat(floats(fields[8])).isEqualTo(boxes(detection));
    assertThat(floats(fields[9])).isEqualTo(doubles(detection.features().tensor()));
    var read = FeatureFile.read(file, "image");
    assertThat(read.toArray()).isEqualTo(detection.features().toArray());
    assertThat(read.boxes()).isEqualTo(detection.features().boxes());
  }

  private static double[] longs(String base64) {
    ByteBuffer bytes = decode(base64);
    double[] numbers = new double[bytes.remaining() / Long.BYTES];
    Arrays.setAll(numbers, i -> bytes.getLong(i * Long.BYTES));
    return numbers;
  }

  private static double[] floats(String base64) {
    ByteBuffer bytes = decode(base64);
    double[] numbers = new double[bytes.remaining() / Float.BYTES];
    Arrays.setAll(numbers, i -> bytes.getFloat(i * Float.BYTES));
    return numbers;
  }

  private static ByteBuffer decode(String base64) {
    return ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
  }

  @ParameterizedTest
  @CsvSource({"butd_small", "pythia_small", "mask_rcnn_small"})
  void bottomUpHasLinesOfBoxesAndFeatures(String name) throws IOException {
    Path detector = detectors.resolve(name);
    Path file = folder.resolve("features.tsv");
    Path same = folder.resolve("same.tsv");
    detect(
            "--detector",
            detector,
            "--image",
            TinyDetector.image(name),
            "--output",
            file,
            "--layout",
            "bottom-up")
        .answer();
    detect("--detector", detector, "--image", TinyDetector.image(name), "--output", same).answer();
    assertThat(file).hasSameBinaryContentAs(same);
    String[] fields = Files.readString(file).strip().split("\t");
    assertThat(fields).hasSize(6);
    try (RegionDetector opened = builder(detector).open()) {
      Detection detection = opened.detect(TinyDetector.image(name));
      assertThat(List.of(fields[0], fields[1], fields[2], fields[3]))
          .containsExactly(
              "image",
              Integer.toString(detection.width()),
              Integer.toString(detection.height()),
              Integer.toString(detection.regions().size()));
      assertThat(floats(fields[4])).isEqualTo(boxes(detection));
      assertThat(floats(fields[5])).isEqualTo(doubles(detection.features().tensor()));
    }
  }

  @Test
  void nlvr2HasAFileForEachPicture() throws IOException {
    Path target = folder.resolve("features");
    detect(
            "--detector",
            maskRcnn,
            "--image",
            TinyDetector.image("mask_rcnn_small"),
            "--output",
            target,
            "--layout",
            "nlvr2")
        .answer();
    Path file = target.resolve("image.png.npz");
    assertThat(Cli.filesIn(target)).containsExactly(file);
    try (RegionDetector detector = builder(maskRcnn).open()) {
      Detection detection = detector.detect(TinyDetector.image("mask_rcnn_small"));
      int count = detection.regions().size();
      Map<String, Array> arrays = Array.ofNpz(file);
      arrays
          .get("box_features.npy")
          .requireSame("<f4", count + ", 18", doubles(detection.features().tensor()));
      arrays
          .get("max_conf.npy")
          .requireSame("<f8", count + ",", of(detection, Region::selectionConfidence));
      arrays.get("cls_boxes.npy").requireSame("<f4", count + ", 4", boxes(detection));
      assertThat(arrays).hasSize(3);
      assertThat(FeatureFile.read(file).toArray()).isEqualTo(detection.features().toArray());
    }
  }

  @Test
  void nlvr2MayHaveOneFileForAll() throws IOException {
    Path other = Files.copy(TinyDetector.image("pythia_small"), folder.resolve("dev-0-0-img1.png"));
    Path file = folder.resolve("features.safetensors");
    Object[] command = {
      "--detector",
      maskRcnn,
      "--image",
      TinyDetector.image("mask_rcnn_small"),
      other,
      "--output",
      file,
      "--layout",
      "nlvr2"
    };
    detect(command).answer();
    byte[] whole = Files.readAllBytes(file);
    try (RegionDetector detector = builder(maskRcnn).open();
        Arena arena = Arena.ofConfined();
        TensorSource tensors = TensorSource.open(file, arena);
        FeatureFile features = FeatureFile.open(file)) {
      assertThat(features.names()).containsExactlyInAnyOrder("image.png", "dev-0-0-img1.png");
      Detection detection = detector.detect(other);
      assertThat(features.read("dev-0-0-img1.png").toArray())
          .isEqualTo(detection.features().toArray());
      assertThat(doubles(tensors.tensor("dev-0-0-img1.png.1"))).isEqualTo(boxes(detection));
      assertThat(doubles(tensors.tensor("dev-0-0-img1.png.2")))
          .isEqualTo(of(detection, Region::selectionConfidence));
      assertThat(tensors.names()).hasSize(6);
    }
    List<Object> resumed = new ArrayList<>(List.of(command));
    resumed.add("--resume");
    detect(resumed.toArray()).answer();
    assertThat(file).hasBinaryContent(whole);
  }

  @Test
  void aFolderOfALayoutIsResumed() throws IOException {
    Path target = folder.resolve("features");
    Object[] command = {
      "--detector",
      pythia,
      "--image",
      TinyDetector.image("pythia_small"),
      "--output",
      target,
      "--layout",
      "pythia",
      "--resume"
    };
    assertThat(detect(command).answer()).isNotEmpty();
    assertThat(detect(command).answer()).isEmpty();
    assertThat(
            detect(
                    "--detector",
                    pythia,
                    "--image",
                    TinyDetector.image("pythia_small"),
                    "--output",
                    target,
                    "--resume",
                    "--output-format",
                    "npy")
                .refusal(ExitCode.BAD_INPUT))
        .contains("holds features of another detector or other columns");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "butd_small | nlvr2 | out | --layout nlvr2 needs a detector of the kind mask_rcnn, found"
            + " butd",
        "butd_small | pythia | out | --layout pythia needs a detector of the kind pythia, found"
            + " butd",
        "mask_rcnn_small | lxmert | out.tsv | --layout lxmert needs a detector of the kind butd,"
            + " found mask_rcnn",
        "butd_small | mmf | out | --layout is 'mmf', expected one of pythia, lxmert, bottom-up,"
            + " nlvr2",
        "pythia_small | pythia | out.npz | out.npz: --layout pythia writes a folder",
        "mask_rcnn_small | nlvr2 | out.npz | out.npz: --layout nlvr2 writes a folder, or a file"
            + " with a name ending in .safetensors",
      })
  void aLayoutThatDoesNotFitIsAUsageError(
      String detector, String layout, String output, String message) {
    Path target = folder.resolve(output);
    assertThat(
            detect(
                    "--detector",
                    detectors.resolve(detector),
                    "--image",
                    IMAGE,
                    "--output",
                    target,
                    "--layout",
                    layout)
                .refusal(ExitCode.USAGE))
        .contains(message);
    assertThat(Cli.filesIn(folder)).isEmpty();
  }

  @Test
  void aLayoutStandsAlone() {
    Path target = folder.resolve("out");
    assertThat(
            detect("--image", IMAGE, "--output", target, "--layout", "lxmert", "--box-columns")
                .refusal(ExitCode.USAGE))
        .contains("--box-columns does not go with --layout, which says what the files hold");
    assertThat(detect("--image", IMAGE, "--layout", "lxmert").refusal(ExitCode.USAGE))
        .contains("--layout goes with --output");
  }
}
