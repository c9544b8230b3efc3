package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.config.Preset;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.task.Answer;
import io.github.visualbert.task.Ranking;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that answers from the regions of a detector, from the picture file to the answer. */
class RegionFeaturesTest {
  private static final double SCORE_TOLERANCE = 1e-4;
  private static final Path DEMO = TestData.ROOT.resolve("demo");
  private static final Path MODEL = DEMO.resolve("vqa-regions");
  private static final Path DETECTOR = DEMO.resolve("detector");
  private static final Path REGIONS = DEMO.resolve("regions");
  private static final Path SCENE = DEMO.resolve("images/scene-1.png");
  private static final String QUESTION = "what is the colour of the ring?";

  @TempDir private Path folder;

  private static List<JsonObject> examples() {
    List<JsonObject> examples =
        new String(TestData.bytes(REGIONS.resolve("examples.jsonl")))
            .lines()
            .map(line -> (JsonObject) Json.parse(line))
            .toList();
    assertThat(examples).hasSize(64);
    return examples;
  }

  private static Path picture(JsonObject example) {
    return REGIONS.resolve(example.getArray("images").getString(0)).normalize();
  }

  @Test
  void answersEveryExampleAsTheReferenceDoes() {
    try (VisualBert model = VisualBert.open(MODEL)) {
      for (JsonObject example : examples()) {
        Ranking ranking =
            model
                .questionAnswering()
                .answer(example.getString("question"), model.regions(picture(example)), 5);
        check(example, "expected", ranking.best());
        List<JsonObject> top =
            example.getObject("expected").getArray("top5").elements().stream()
                .map(JsonObject.class::cast)
                .toList();
        for (int i = 0; i < top.size(); i++) {
          assertThat(ranking.answers().get(i).score())
              .as(example.getString("question"))
              .isCloseTo(top.get(i).getDouble("score"), within(SCORE_TOLERANCE));
        }
      }
    }
  }

  /** The authors' way appends {@code ? [MASK]}, the examples' expectation only {@code [MASK]}. */
  @Test
  void answersTheAuthorsWay() {
    try (VisualBert model = VisualBert.builder(MODEL).preset(Preset.AUTHORS).open()) {
      List<JsonObject> examples =
          examples().stream().filter(e -> e.getString("question").endsWith("?")).toList();
      assertThat(examples).hasSizeGreaterThan(20);
      for (JsonObject example : examples) {
        check(
            example,
            "expected_authors_way",
            model
                .questionAnswering()
                .answer(example.getString("question"), model.regions(picture(example)), 1)
                .best());
      }
    }
  }

  private static void check(JsonObject example, String key, Answer best) {
    JsonObject expected = example.getObject(key);
    String question = example.getString("question");
    assertThat(best.label()).as(question).isEqualTo(expected.getString("answer"));
    assertThat(best.score())
        .as(question)
        .isCloseTo(expected.getDouble("score"), within(SCORE_TOLERANCE));
  }

  /** Features and box columns, number by number. */
  @Test
  void seesWhatTheReferenceFeedsTheModel() {
    try (VisualBert model = VisualBert.open(MODEL)) {
      for (String name : new String[] {"scene-1", "scene-2"}) {
        VisualFeatures found = model.regions(DEMO.resolve("images/" + name + ".png"));
        double[] expected =
            OpGolden.read(REGIONS.resolve(name + ".safetensors")).get("visual_embeds").numbers();
        assertThat(found.dim()).isEqualTo(230);
        assertThat(found.boxes()).hasSize(found.regions());
        float[] numbers = found.toArray();
        assertThat(numbers).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
          assertThat((double) numbers[i]).as(name + " " + i).isCloseTo(expected[i], within(1e-5));
        }
      }
    }
  }

  private void write(String settings) throws IOException {
    for (String file : new String[] {"config.json", "model.safetensors", "vocab.txt"}) {
      Files.copy(MODEL.resolve(file), folder.resolve(file));
    }
    if (settings != null) {
      Files.writeString(folder.resolve("preprocessor_config.json"), settings);
    }
  }

  private static String ask(VisualBert model, VisualFeatures regions) {
    return model.questionAnswering().answer(QUESTION, regions, 1).best().label();
  }

  /** It is the first picture that needs the detector. */
  @Test
  void aModelOpensWithoutItsDetector() throws IOException {
    write(Files.readString(MODEL.resolve("preprocessor_config.json")));
    try (VisualBert model = VisualBert.open(folder);
        RegionDetector detector = RegionDetector.open(DETECTOR)) {
      assertThat(ask(model, model.regions(detector.detect(SCENE)))).isEqualTo("blue");
      assertThatThrownBy(() -> model.regions(SCENE))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining(
              "detector" + SCENE.getFileSystem().getSeparator() + "config.json: expected")
          .hasMessageContaining("found no such file");
    }
  }

  @Test
  void aDetectorOfTheCallersStaysOpen() throws IOException {
    write(null);
    try (RegionDetector detector = RegionDetector.open(DETECTOR)) {
      try (VisualBert model =
          VisualBert.builder(folder).preset(Preset.HF).detector(detector).open()) {
        assertThat(ask(model, model.regions(SCENE))).isEqualTo("blue");
        assertThat(model.regions(TestData.bytes(SCENE), "upload").source()).isEqualTo("upload");
      }
      assertThat(detector.detect(SCENE).regions()).isNotEmpty();
    }
  }

  @Test
  void aDetectorsFolderIsOpenedAndClosedWithTheModel() throws IOException {
    write(null);
    VisualBert model = VisualBert.builder(folder).preset(Preset.HF).detector(DETECTOR).open();
    assertThat(ask(model, model.regions(SCENE))).isEqualTo("blue");
    model.close();
    assertThatThrownBy(() -> model.regions(SCENE)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> VisualBert.builder(folder).detector(folder.resolve("none")).open())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("none");
  }

  @Test
  void aModelMayKeepFewerRegions() throws IOException {
    write(
        """
        {"image_processor_type": "RegionFeatures", "detector": "%s", "max_detections": 3,
         "box_columns": ["x1", "y1", "x2", "y2", "width", "height"]}
        """
            .formatted(DETECTOR));
    try (VisualBert model = VisualBert.open(folder)) {
      assertThat(model.regions(SCENE).regions()).isEqualTo(3);
    }
  }

  @Test
  void refusesSettingsThatAreWrong() throws IOException {
    write(null);
    String[][] wrong = {
      {"\"detector\": 7", "detector: expected a string, found 7"},
      {"\"preset\": \"hf\"", "detector: expected a string, found nothing"},
      {"\"detector\": \"d\", \"box_columns\": [\"x1\"]", "box_columns: expected x1, y1, x2"},
      {"\"detector\": \"d\", \"max_detections\": 0", "max_detections: expected at least 1"},
      {
        "\"detector\": \"d\", \"max_detections\": 3, \"min_detections\": 4",
        "max_detections: expected at least 1, and at least min_detections, found 3"
      },
      {
        "\"detector\": \"d\", \"box_scale\": \"pixels\","
            + " \"box_columns\": [\"x1\", \"y1\", \"x2\", \"y2\", \"width\", \"height\"]",
        "box_scale: expected \"picture\""
      },
    };
    for (String[] row : wrong) {
      Path file = folder.resolve("preprocessor_config.json");
      Files.writeString(file, "{\"image_processor_type\": \"RegionFeatures\", " + row[0] + "}");
      assertThatThrownBy(() -> VisualBert.open(folder))
          .as(row[0])
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageContaining(row[1]);
    }
  }

  /** A detector of other columns than the model was trained on is refused before it is run. */
  @Test
  void refusesRegionsOfOtherColumns() throws IOException {
    write(
        "{\"image_processor_type\": \"RegionFeatures\", \"detector\": \"%s\"}".formatted(DETECTOR));
    try (VisualBert model = VisualBert.open(folder);
        VisualBert grid = VisualBert.open(DEMO.resolve("vqa"));
        RegionDetector detector = RegionDetector.open(DETECTOR)) {
      assertThatThrownBy(() -> model.regions(folder.resolve("none.png")))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("makes regions of 224 columns")
          .hasMessageContaining("visual_embedding_dim is 230");
      Detection detection = detector.detect(SCENE);
      assertThatThrownBy(() -> grid.regions(detection))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("224 columns");
    }
  }
}
