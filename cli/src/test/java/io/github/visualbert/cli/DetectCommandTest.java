package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectCommandTest {
  private static final Path REGIONS = Cli.DEMO.resolve("regions");
  private static final Path SCENE = Cli.DEMO.resolve("images/scene-1.png");
  private static final Path WIDE = REGIONS.resolve("wide.png");
  private static final Path CASES =
      Path.of(System.getProperty("testdata")).resolve("goldens/detectors/cases");

  @TempDir private Path folder;

  private static Cli.Result detect(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("detect", "--provider", "scalar"));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  private static List<JsonObject> lines(String text) {
    return text.lines().map(Json::parse).map(JsonObject.class::cast).toList();
  }

  @Test
  void findsTheRegionsOfEveryExample() {
    List<JsonObject> expected = lines(Cli.read(REGIONS.resolve("regions.jsonl")));
    List<Object> arguments = new ArrayList<>(List.of("--format", "json", "--image"));
    expected.forEach(each -> arguments.add(REGIONS.resolve(each.getString("image")).normalize()));
    List<JsonObject> found = lines(detect(arguments.toArray()).answer());
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).getString("image"))
          .isEqualTo(REGIONS.resolve(expected.get(i).getString("image")).normalize().toString());
      assertThat(found.get(i).getInt("width")).isEqualTo(expected.get(i).getInt("width"));
      assertThat(found.get(i).getInt("height")).isEqualTo(expected.get(i).getInt("height"));
      JsonArray regions = found.get(i).getArray("regions");
      JsonArray wanted = expected.get(i).getArray("regions");
      assertThat(regions.size()).isEqualTo(wanted.size());
      for (int j = 0; j < regions.size(); j++) {
        check(regions.getObject(j), wanted.getObject(j));
      }
    }
  }

  private static void check(JsonObject region, JsonObject wanted) {
    assertThat(region.keys())
        .containsExactly(
            "box",
            "object",
            "object_id",
            "confidence",
            "attribute",
            "attribute_id",
            "attribute_confidence");
    for (String name : List.of("object", "attribute")) {
      assertThat(region.getString(name)).isEqualTo(wanted.getString(name));
      assertThat(region.getInt(name + "_id")).isEqualTo(wanted.getInt(name + "_id"));
    }
    for (String name : List.of("confidence", "attribute_confidence")) {
      assertThat(region.getDouble(name)).isCloseTo(wanted.getDouble(name), within(1e-5));
    }
    for (int edge = 0; edge < 4; edge++) {
      assertThat(region.getArray("box").getDouble(edge))
          .isCloseTo(wanted.getArray("box").getDouble(edge), within(0.01));
    }
  }

  @Test
  void printsATable() {
    assertThat(detect("--image", SCENE).answer())
        .startsWith(
            SCENE
                + ": 224 x 224, 9 regions\n"
                + "  0.999    large blue  heart   116.4   63.1  164.8  104.7\n");
  }

  @Test
  void countsWhatHasNoLabels() {
    Path bare = Cli.copy(Cli.DEMO.resolve("detector"), folder.resolve("bare"));
    Path labels = folder.resolve("labels");
    List.of("objects_vocab.txt", "attributes_vocab.txt").forEach(name -> delete(bare, name));
    Cli.Result table = detect("--detector", bare, "--image", SCENE);
    assertThat(table.answer()).contains("0.999   attribute 5  class 6  116.4");
    assertThat(detect("--detector", bare, "--image", SCENE, "--format", "json").answer())
        .doesNotContain("\"object\":")
        .doesNotContain("\"attribute\":")
        .contains("\"object_id\":6")
        .contains("\"attribute_id\":5");
    assertThat(detect("--detector", bare, "--labels", labels, "--image", SCENE).refusal(2))
        .contains("--labels " + labels + ": expected a folder");
    assertThat(
            detect("--detector", bare, "--labels", Cli.DEMO.resolve("detector"), "--image", SCENE)
                .answer())
        .contains("large blue");
  }

  private static void delete(Path folder, String name) {
    try {
      Files.delete(folder.resolve(name));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void oneBadPictureDoesNotStopTheOthers() throws Exception {
    Path bad = Cli.write(folder.resolve("bad.png"), "no picture");
    Path output = folder.resolve("all.npz");
    Cli.Result result = detect("--format", "json", "--output", output, "--image", SCENE, bad, WIDE);
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(result.err()).startsWith("visualbert detect: " + bad + ": ").hasLineCount(1);
    List<JsonObject> lines = lines(result.out());
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1).keys()).containsExactly("image", "error");
    assertThat(lines.get(1).getString("error")).startsWith(bad + ": ");
    assertThat(Cli.filesIn(folder)).containsExactly(output, bad);
  }

  @Test
  void readsFoldersAndLists() throws Exception {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Files.copy(WIDE, pictures.resolve("b.png"));
    Files.copy(SCENE, pictures.resolve("A.PNG"));
    Cli.write(pictures.resolve("notes.txt"), "no picture");
    assertThat(detect("--image", pictures).answer().lines().filter(line -> line.contains(" x ")))
        .containsExactly(
            pictures.resolve("A.PNG") + ": 224 x 224, 9 regions",
            pictures.resolve("b.png") + ": 400 x 300, 8 regions");
    Path list = Cli.write(folder.resolve("list.txt"), "pictures/b.png\r\n\n" + SCENE + "\n");
    assertThat(detect("--input", list).answer().lines().filter(line -> line.contains(" x ")))
        .containsExactly(
            pictures.resolve("b.png") + ": 400 x 300, 8 regions", SCENE + ": 224 x 224, 9 regions");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|expected pictures by --image or --input, or --cases",
        "--image a.png --input b.txt|expected pictures by --image or by --input, one of them",
        "--image a.png --resume|--resume goes with --output",
        "--image a.png --box-columns|--box-columns goes with --output",
        "--image a.png --output-format npy|--output-format goes with --output",
        "--image a.png --output a.npy --output-format npz|--output-format goes with a folder",
        "--image a.png --output dir --output-format png|--output-format is 'png', expected one of"
            + " npy, npz, safetensors, tsv, arrow, jsonl",
        "--image a.png b.png --output c.npy|a .npy file holds one picture",
        "--image a.png x/a.png --output c.npz|expected pictures of different names",
        "--image a.png --draw a.gif|expected a name ending in .svg or .png",
        "--image a.png b.png --draw c.svg|expected a folder for several pictures",
        "--image a.png --min-confidence 2|--min-confidence is 2.0, expected a number from 0 to 1",
        "--image a.png --output no/where.npz|there is no folder",
        "--cases x|--cases and --outputs go together",
        "--cases x --outputs y --image a.png|--cases stands alone",
        "--image a.png --threads 0|--threads is 0",
      })
  void refusesWhatDoesNotFit(String arguments, String expected) {
    Object[] words = Stream.of(arguments.split(" ")).filter(w -> !w.isEmpty()).toArray();
    assertThat(detect(words).refusal(ExitCode.USAGE)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "simd"})
  void runsTheCasesThatGiveRegions(String provider) {
    Path cases = folder.resolve("cases");
    for (String name : List.of("vcr_alpha", "vcr_batch_statistics", "vcr_full", "vcr_small")) {
      Cli.copy(CASES.resolve(name), cases.resolve(name));
    }
    Path outputs = folder.resolve("outputs");
    Cli.copy(CASES.resolve("vcr_small"), cases.resolve("unused"));
    Cli.write(
        cases.resolve("unused/regions.json"),
        "{\"boxes\": [[0, 0, 200, 10, 1]], \"segms\": [[[[0, 0], [1, 0], [0, 1]]]], \"names\":"
            + " [\"cat\"]}");
    assertThat(
            Cli.run("detect", "--provider", provider, "--cases", cases, "--outputs", outputs)
                .answer())
        .isEqualTo("5 cases: 4 done, 1 refused\n");
    assertThat(outputs.resolve("vcr_full/outputs.safetensors")).isRegularFile();
    assertThat(Cli.read(outputs.resolve("unused/error.txt")))
        .endsWith(
            "region 0: expected a box within the picture of 118 x 70 pixels, found"
                + " [0.0, 0.0, 200.0, 10.0, 1.0]\n");
  }

  @Test
  void opensAPublishedFolder() {
    Path published = Cli.copy(Cli.DEMO.resolve("detector"), folder.resolve("published"));
    delete(published, "config.json");
    delete(published, "model.safetensors");
    assertThat(detect("--detector", published, "--image", SCENE).answer())
        .isEqualTo(detect("--image", SCENE).answer());
    Cli.write(published.resolve("config.yaml"), "a: !!python/object:x.Y {}");
    assertThat(detect("--detector", published, "--image", SCENE).refusal(ExitCode.BAD_MODEL))
        .isEqualTo(
            "visualbert detect: "
                + published.resolve("config.yaml")
                + ": line 1, column 4: expected plain data, found the tag"
                + " tag:yaml.org,2002:python/object:x.Y");
    delete(published, "config.yaml");
    assertThat(detect("--detector", published, "--image", SCENE).refusal(ExitCode.BAD_MODEL))
        .endsWith(
            published
                + ": expected the configuration of a detector (config.json, config.yaml,"
                + " detectron_model.yaml or one other .yaml), found none");
  }

  /** From the published files; how many regions the case says, not the configuration. */
  @ParameterizedTest
  @CsvSource({
    "pythia_small, 8",
    "pythia_r152, 8",
    "pythia_wide, 8",
    "mask_rcnn_small, 7",
    "mask_rcnn_exact, 7",
    "mask_rcnn_r101, 7"
  })
  void runsCasesOfDetectorsOnPyramids(String name, int regions) throws Exception {
    Path cases = Files.createDirectory(folder.resolve("cases"));
    Cli.copy(CASES.resolve(name), cases.resolve(name));
    Files.delete(cases.resolve(name).resolve("config.json")); // the published one is YAML
    Path outputs = folder.resolve("outputs");
    assertThat(detect("--cases", cases, "--outputs", outputs).answer())
        .isEqualTo("1 cases: 1 done, 0 refused\n");
    try (Arena arena = Arena.ofConfined();
        TensorSource found =
            TensorSource.open(outputs.resolve(name).resolve("outputs.safetensors"), arena);
        TensorSource expected =
            TensorSource.open(CASES.resolve(name).resolve("outputs.safetensors"), arena)) {
      assertThat(found.names()).containsAll(expected.names());
      assertThat(found.info("kept").shape()).containsExactly((long) regions);
      assertThat(found.tensor("kept").data().mismatch(expected.tensor("kept").data()))
          .isEqualTo(-1);
    }
  }

  @Test
  void runsTheCasesOfTheReference() throws Exception {
    Path cases = Files.createDirectory(folder.resolve("cases"));
    Cli.copy(CASES.resolve("butd_small"), cases.resolve("butd_small"));
    Files.createDirectory(cases.resolve("no case"));
    Cli.write(Files.createDirectory(cases.resolve("broken")).resolve("case.json"), "{");
    Cli.write(
        Files.createDirectory(cases.resolve("other")).resolve("case.json"), "{\"head\": \"x\"}");
    Cli.write(
        Files.createDirectory(cases.resolve("unknown")).resolve("case.json"),
        "{\"detector\": \"yolo\", \"config\": \"c.yaml\", \"weights\": \"w\", \"image\": \"i\"}");
    Path outputs = folder.resolve("outputs");
    Files.createDirectories(outputs.resolve("butd_small"));
    Cli.write(outputs.resolve("butd_small/error.txt"), "of an earlier run");
    assertThat(detect("--cases", cases, "--outputs", outputs).answer())
        .isEqualTo("3 cases: 1 done, 2 refused\n");
    assertThat(Cli.filesIn(outputs.resolve("broken")))
        .containsExactly(outputs.resolve("broken/error.txt"));
    assertThat(Cli.read(outputs.resolve("broken/error.txt")))
        .contains("broken/case.json: ")
        .hasLineCount(1);
    assertThat(Cli.read(outputs.resolve("unknown/error.txt"))).contains("yolo");
    assertThat(Cli.filesIn(outputs.resolve("butd_small")))
        .containsExactly(outputs.resolve("butd_small/outputs.safetensors"));
    compare(
        outputs.resolve("butd_small/outputs.safetensors"),
        CASES.resolve("butd_small/outputs.safetensors"));
  }

  /** The stages of the expected file must be there; their numbers are core's tests'. */
  private static void compare(Path found, Path expected) {
    try (Arena arena = Arena.ofConfined();
        TensorSource here = TensorSource.open(found, arena);
        TensorSource there = TensorSource.open(expected, arena)) {
      assertThat(here.names()).containsAll(there.names());
      for (String name : there.names()) {
        Tensor tensor = here.tensor(name);
        assertThat(tensor.dtype()).as(name).isEqualTo(there.tensor(name).dtype());
        assertThat(tensor.shape()).as(name).isEqualTo(there.tensor(name).shape());
      }
    }
  }

  @Test
  void noCasesAreBadInput() throws Exception {
    assertThat(detect("--cases", folder, "--outputs", folder.resolve("o")).refusal(3))
        .endsWith(": expected folders with a case.json that names a detector, found none");
  }
}
