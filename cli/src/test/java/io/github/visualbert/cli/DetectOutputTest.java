package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code detect} writes, against the detections of the library, bit for bit. */
class DetectOutputTest {
  private static final Path SCENE = Cli.DEMO.resolve("images/scene-1.png");
  private static final Path WIDE = Cli.DEMO.resolve("regions/wide.png");
  private static RegionDetector detector;
  private static Detection scene;
  private static Detection wide;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    detector =
        DetectorFolder.require(Cli.DEMO.resolve("detector")).builder().provider("scalar").open();
    scene = detector.detect(SCENE);
    wide = detector.detect(WIDE);
  }

  @AfterAll
  static void close() {
    detector.close();
  }

  private static Cli.Result detect(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("detect", "--provider", "scalar"));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  private static void assertSame(VisualFeatures found, Detection expected) {
    assertThat(found.regions()).isEqualTo(expected.regions().size());
    assertThat(found.toArray()).isEqualTo(expected.features().toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"npy", "npz", "safetensors", "tsv"})
  void onePictureReadsBackBitForBit(String format) {
    Path file = folder.resolve("one." + format);
    detect("--image", SCENE, "--output", file).answer();
    VisualFeatures features = FeatureFile.read(file);
    assertSame(features, scene);
    if (format.equals("tsv")) {
      assertThat(features.boxes()).isEqualTo(scene.features().boxes());
    }
    assertThat(Cli.filesIn(folder)).containsExactly(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"npz", "safetensors", "tsv"})
  void picturesAreFoundByTheirNames(String format) {
    Path file = folder.resolve("all." + format);
    detect("--image", SCENE, WIDE, "--output", file).answer();
    try (FeatureFile features = FeatureFile.open(file)) {
      assertThat(features.names()).containsExactlyInAnyOrder("scene-1", "wide");
      assertSame(features.read("scene-1"), scene);
      assertSame(features.read("wide"), wide);
    }
    assertThat(Cli.filesIn(folder)).containsExactly(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"npy", "npz", "safetensors", "tsv"})
  void aFolderHasAFileForEachPicture(String format) {
    Path target = folder.resolve("features");
    detect("--image", SCENE, WIDE, "--output", target, "--output-format", format).answer();
    assertThat(Cli.filesIn(target))
        .containsExactly(target.resolve("scene-1." + format), target.resolve("wide." + format));
    assertSame(FeatureFile.read(target.resolve("scene-1." + format)), scene);
    assertSame(FeatureFile.read(target.resolve("wide." + format)), wide);
  }

  @Test
  void tsvHasTheColumnsOfBottomUpAttention() {
    Path file = folder.resolve("one.tsv");
    detect("--image", WIDE, "--output", file).answer();
    String[] fields = Cli.read(file).strip().split("\t");
    assertThat(fields).hasSize(6).startsWith("wide", "400", "300", "8");
  }

  @Test
  void jsonLinesHoldTheFeaturesToo() {
    Path file = folder.resolve("all.jsonl");
    detect("--image", SCENE, WIDE, "--output", file).answer();
    List<String> lines = Cli.read(file).lines().toList();
    assertThat(lines).hasSize(2);
    JsonObject line = Json.parseObject(lines.get(1).getBytes());
    assertThat(line.getInt("width")).isEqualTo(400);
    JsonArray rows = line.getArray("features");
    int at = 0;
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.getArray(row).size(); column++) {
        assertThat((float) rows.getArray(row).getDouble(column))
            .isEqualTo(wide.features().toArray()[at++]);
      }
    }
    assertThat(at).isEqualTo(8 * 224);
  }

  @Test
  void arrowHasARowForEachPicture() throws IOException {
    Path file = folder.resolve("all.arrow");
    detect("--image", SCENE, WIDE, "--output", file).answer();
    try (RootAllocator allocator = new RootAllocator();
        ArrowFileReader reader = new ArrowFileReader(FileChannel.open(file), allocator)) {
      for (Detection expected : List.of(scene, wide)) {
        assertThat(reader.loadNextBatch()).isTrue();
        var root = reader.getVectorSchemaRoot();
        assertThat(root.getRowCount()).isEqualTo(1);
        assertThat(root.getVector("width").getObject(0)).isEqualTo(expected.width());
        ListVector rows = (ListVector) root.getVector("visual_embeds");
        assertThat(rows.getElementEndIndex(0)).isEqualTo(expected.regions().size());
        Float4Vector numbers =
            (Float4Vector) ((FixedSizeListVector) rows.getDataVector()).getDataVector();
        float[] found = new float[numbers.getValueCount()];
        for (int i = 0; i < found.length; i++) {
          found[i] = numbers.get(i);
        }
        assertThat(found).isEqualTo(expected.features().toArray());
      }
      assertThat(reader.loadNextBatch()).isFalse();
    }
  }

  @Test
  void boxColumnsAreFractionsOfThePicture() {
    Path file = folder.resolve("one.npy");
    detect("--image", WIDE, "--output", file, "--box-columns").answer();
    VisualFeatures features = FeatureFile.read(file);
    assertThat(features.dim()).isEqualTo(224 + 6);
    for (int i = 0; i < features.regions(); i++) {
      var region = wide.regions().get(i);
      assertThat(features.get(i, 0)).isEqualTo(wide.features().get(i, 0));
      assertThat(features.get(i, 224)).isEqualTo(region.x1() / 400);
      assertThat(features.get(i, 225)).isEqualTo(region.y1() / 300);
      assertThat(features.get(i, 226)).isEqualTo(region.x2() / 400);
      assertThat(features.get(i, 227)).isEqualTo(region.y2() / 300);
      assertThat(features.get(i, 228)).isEqualTo((region.x2() - region.x1()) / 400);
      assertThat(features.get(i, 229)).isEqualTo((region.y2() - region.y1()) / 300);
    }
  }

  /** Writes an entry of the cache again, with other features and the checksum of them. */
  private static void forge(Path entry) throws IOException {
    Detection other =
        new Detection(
            "x", wide.width(), wide.height(), wide.regions(), wide.features(), wide.threshold());
    io.github.visualbert.cli.detector.DetectionFile.write(entry, other);
  }

  private static List<Path> entries(Path cache) {
    return Cli.filesIn(cache).stream().filter(file -> file.toString().endsWith("s")).toList();
  }

  @Test
  void aCacheIsAskedFirst() throws IOException {
    Path cache = folder.resolve("cache");
    Path file = folder.resolve("one.npy");
    detect("--image", SCENE, "--feature-cache", cache).answer();
    assertThat(entries(cache)).hasSize(1);
    forge(entries(cache).getFirst());
    Path renamed = Files.copy(SCENE, folder.resolve("renamed.png"));
    detect("--image", renamed, "--output", file, "--feature-cache", cache).answer();
    assertSame(FeatureFile.read(file), wide);
    detect("--image", WIDE, "--feature-cache", cache).answer();
    assertThat(entries(cache)).hasSize(2);
  }

  @Test
  void aDamagedEntryIsWrittenAgain() throws IOException {
    Path cache = folder.resolve("cache");
    String expected = detect("--image", SCENE, "--feature-cache", cache).answer();
    Path entry = entries(cache).getFirst();
    byte[] good = Files.readAllBytes(entry);
    for (int cut : new int[] {0, 7, 300, good.length - 1}) {
      Files.write(entry, java.util.Arrays.copyOf(good, cut));
      assertThat(detect("--image", SCENE, "--feature-cache", cache).answer()).isEqualTo(expected);
      assertThat(entry).hasBinaryContent(good);
    }
    byte[] flipped = good.clone();
    flipped[good.length - 100] ^= 1;
    Files.write(entry, flipped);
    detect("--image", SCENE, "--feature-cache", cache).answer();
    assertThat(entry).hasBinaryContent(good);
    new SafetensorsWriter().write(entry);
    detect("--image", SCENE, "--feature-cache", cache).answer();
    assertThat(entry).hasBinaryContent(good);
  }

  @Test
  void anInterruptedFileIsResumed() throws IOException {
    Path file = folder.resolve("all.npz");
    Path partial = folder.resolve("all.npz.partial");
    detect("--image", SCENE, "--feature-cache", partial)
        .answer(); // as an interrupted run leaves it
    forge(entries(partial).getFirst());
    detect("--image", SCENE, WIDE, "--output", file, "--resume").answer();
    assertSame(FeatureFile.read(file, "scene-1"), wide);
    assertThat(Cli.filesIn(folder)).containsExactly(file);
  }

  @Test
  void anInterruptedFolderIsResumed() throws IOException {
    Path target = folder.resolve("features");
    Path first = target.resolve("scene-1.npy");
    Object[] command = {
      "--image", SCENE, WIDE, "--output", target, "--output-format", "npy", "--resume"
    };
    detect(command).answer();
    Files.copy(
        target.resolve("wide.npy"), first, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Files.delete(target.resolve("wide.npy"));
    assertThat(detect(command).answer()).contains("wide.png").doesNotContain("scene-1.png");
    assertSame(FeatureFile.read(first), wide); // was kept
    assertSame(FeatureFile.read(target.resolve("wide.npy")), wide);
    Files.setLastModifiedTime(first, FileTime.fromMillis(0)); // older than its picture
    detect(command).answer();
    assertSame(FeatureFile.read(first), scene);
  }

  @Test
  void aFolderOfAnotherDetectorIsNotResumed() {
    Path target = folder.resolve("features");
    detect("--image", SCENE, "--output", target, "--resume").answer();
    assertThat(
            detect("--image", SCENE, "--output", target, "--resume", "--box-columns")
                .refusal(ExitCode.BAD_INPUT))
        .endsWith(
            target
                + ": holds features of another detector or other columns; expected a new folder,"
                + " or no --resume");
  }

  @Test
  void safetensorsHoldTheRegionsToo() {
    Path file = folder.resolve("all.safetensors");
    detect("--image", SCENE, WIDE, "--output", file).answer();
    try (Arena arena = Arena.ofConfined();
        TensorSource tensors = TensorSource.open(file, arena)) {
      assertThat(tensors.names())
          .contains("wide.boxes", "wide.object_ids", "wide.image_size", "scene-1.attribute_probs");
      assertThat(tensors.tensor("wide.boxes").getFloat(0)).isEqualTo(wide.regions().get(0).x1());
    }
  }

  @Test
  void nothingIsWrittenForABadPictureAlone() {
    Path bad = Cli.write(folder.resolve("bad.png"), "");
    Path file = folder.resolve("bad.npz");
    assertThat(
            detect("--image", bad, "--output", file, "--draw", folder.resolve("b.svg")).exitCode())
        .isEqualTo(ExitCode.BAD_INPUT);
    assertThat(Cli.filesIn(folder)).containsExactly(bad);
  }
}
