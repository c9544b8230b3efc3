package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.PictureReader;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.detector.DetectionFile;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers through the regions that an object detector finds. */
class RunDetectorTest {
  private static final Path MODEL = Cli.DEMO.resolve("vqa-regions");
  private static final Path GRID = Cli.DEMO.resolve("vqa");
  private static final Path DETECTOR = Cli.DEMO.resolve("detector");
  private static final Path REGIONS = Cli.DEMO.resolve("regions");
  private static final Path SCENE = Cli.DEMO.resolve("images/scene-1.png");
  private static final Path WIDE = REGIONS.resolve("wide.png");
  private static final String QUESTION = "what is the colour of the ring?";

  @TempDir private Path folder;

  private static Cli.Result run(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("run", "--task", "vqa", "--provider", "scalar"));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  private static List<JsonObject> lines(String text) {
    return text.lines().map(Json::parse).map(JsonObject.class::cast).toList();
  }

  @Test
  void answersEveryExampleFromThePixels() {
    List<JsonObject> examples = lines(Cli.read(REGIONS.resolve("examples.jsonl")));
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < examples.size(); i++) {
      JsonWriter row = new JsonWriter().beginObject().field("id", i);
      String image = examples.get(i).getArray("images").getString(0);
      row.field("image", REGIONS.resolve(image).toString());
      row.field("question", examples.get(i).getString("question")).endObject();
      rows.append(row).append('\n');
    }
    Path input = Cli.write(folder.resolve("in.jsonl"), rows.toString());
    Path output = folder.resolve("out.jsonl");
    run("--model", MODEL, "--preset", "hf", "--input", input, "--output", output).answer();
    List<JsonObject> replies = lines(Cli.read(output));
    assertThat(replies).hasSameSizeAs(examples);
    for (int i = 0; i < replies.size(); i++) {
      JsonObject best = replies.get(i).getArray("answers").getObject(0);
      JsonObject expected = examples.get(i).getObject("expected");
      assertThat(best.getString("label")).as("row " + i).isEqualTo(expected.getString("answer"));
      assertThat(best.getDouble("score"))
          .as("row " + i)
          .isCloseTo(expected.getDouble("score"), within(1e-4));
    }
  }

  @Test
  void whatDetectWritesGivesTheSameAnswers() {
    Path features = folder.resolve("regions.npz");
    Cli.run(
            "detect",
            "--provider",
            "scalar",
            "--image",
            SCENE,
            "--output",
            features,
            "--box-columns")
        .answer();
    Object[] question = {"--model", MODEL, "--question", QUESTION, "--format", "json"};
    String seen = run(join(question, "--image", SCENE)).answer();
    assertThat(run(join(question, "--features", features)).answer()).isEqualTo(seen);
  }

  @Test
  void anotherDetectorMayBeNamed() {
    Path published = Cli.copy(DETECTOR, folder.resolve("published"));
    assertThat(published.resolve("config.json").toFile().delete()).isTrue();
    Object[] question = {"--model", MODEL, "--image", SCENE, "--question", QUESTION};
    assertThat(run(join(question, "--detector", published)).answer())
        .isEqualTo(run(question).answer());
    assertThat(run(join(question, "--detector", folder)).refusal(ExitCode.BAD_MODEL))
        .contains(folder + ": expected the configuration of a detector");
  }

  @Test
  void aModelOfOtherColumnsRefusesTheRegions() {
    assertThat(
            run("--model", GRID, "--detector", DETECTOR, "--image", SCENE, "--question", QUESTION)
                .refusal(ExitCode.BAD_INPUT))
        .endsWith(
            SCENE + ": visual_embeds has 224 columns, the model's visual_embedding_dim is 196");
  }

  @Test
  void aCacheNeedsADetector() {
    assertThat(
            run(
                    "--model",
                    GRID,
                    "--feature-cache",
                    folder,
                    "--image",
                    SCENE,
                    "--question",
                    QUESTION)
                .refusal(ExitCode.USAGE))
        .contains("--feature-cache keeps the regions of a detector; expected --detector");
  }

  @Test
  void theCacheIsAskedFirst() throws IOException {
    Path cache = folder.resolve("cache");
    Object[] question = {
      "--model",
      MODEL,
      "--image",
      SCENE,
      "--question",
      "how many rings are there?",
      "--format",
      "json",
      "--feature-cache",
      cache
    };
    String first = run(question).answer();
    assertThat(run(question).answer()).isEqualTo(first);
    Path entry = Cli.filesIn(cache).getFirst();
    assertThat(Cli.filesIn(cache)).hasSize(1);
    try (RegionDetector detector = RegionDetector.open(DETECTOR)) {
      Detection wide = detector.detect(WIDE);
      DetectionFile.write(entry, wide);
    }
    assertThat(run(question).answer()).isNotEqualTo(first);
    Files.write(entry, new byte[9]);
    assertThat(run(question).answer()).isEqualTo(first);
  }

  @Test
  void aRunIsResumedWithItsOwnDetectorOnly() throws IOException {
    Path input =
        Cli.write(
            folder.resolve("in.jsonl"),
            "{\"id\": 1, \"image\": \"%s\", \"question\": \"%s\"}\n".formatted(SCENE, QUESTION));
    Path output = folder.resolve("out.jsonl");
    Object[] command = {"--model", MODEL, "--input", input, "--output", output, "--resume"};
    run(command).answer();
    String reply = Cli.read(output);
    Path other = Cli.copy(DETECTOR, folder.resolve("other"));
    Cli.write(
        other.resolve("config.json"),
        Cli.read(other.resolve("config.json"))
            .replaceFirst("\"max_detections\": ?16", "\"max_detections\": 15"));
    Files.delete(output);
    Cli.write(folder.resolve("out.jsonl.partial"), reply);
    writeIdentity(folder.resolve("out.jsonl.partial.run"), input);
    assertThat(run(join(command, "--detector", other)).refusal(ExitCode.BAD_INPUT))
        .endsWith("belongs to another run: another detector; delete it to start over");
    run(command).answer();
    assertThat(Cli.read(output)).isEqualTo(reply);
  }

  private static void writeIdentity(Path file, Path input) {
    try (VisualBert model = VisualBert.open(MODEL);
        RegionDetector detector =
            RegionDetector.builder(DETECTOR)
                .configuration(Cli.read(DETECTOR.resolve("config.json")), "config.json")
                .detections(6, 16)
                .open()) {
      Cli.write(
          file,
          io.github.visualbert.cli.batch.RunIdentity.of(
                  io.github.visualbert.ask.TaskName.VQA, model, MODEL, 5, false, input)
              .and("detector", detector.fingerprint())
              .json());
    }
  }

  @Test
  void warnsOfRegionsThatTheModelWasNotTrainedOn() throws IOException {
    Path model = TinyModel.write(folder.resolve("model"), DType.F32);
    float[] ones = new float[3 * 2048];
    Arrays.fill(ones, 1);
    ones[7] = 2; // no zeros: a mean of res5, not the fc6 that the checkpoint expects
    PictureReader reader =
        new PictureReader() {
          @Override
          public VisualFeatures read(Path picture) {
            return VisualFeatures.of(picture.toString(), ones, 3, 2048);
          }

          @Override
          public VisualFeatures read(byte[] file, String name) {
            throw new AssertionError();
          }
        };
    try (VisualBert opened = VisualBert.open(model)) {
      PictureCache pictures = new PictureCache(opened, Path.of(""), reader);
      pictures.image("p.png");
      assertThat(pictures.takeWarning())
          .startsWith("p.png: looks like features of bottom-up attention");
    }
  }

  private static Object[] join(Object[] first, Object... second) {
    Object[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
