package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From pictures to answers in one command, with tiny checkpoints and detectors as published. */
class PublishedCommandsTest {
  private static final Path LEFT = TinyDetector.image("mask_rcnn_small");
  private static final Path RIGHT = Cli.DEMO.resolve("regions/wide.png");
  private static final String STATEMENT = "both pictures show a small ring.";

  @TempDir private Path folder;
  private Path detector;
  private Path model;

  @BeforeEach
  void publish() throws IOException {
    detector = TinyDetector.publish("mask_rcnn_small", folder);
    model = TinyModel.write(folder.resolve("nlvr2"), HeadType.VISUAL_REASONING, 18);
  }

  private static String judge(Path model, Object... pictures) {
    List<Object> all =
        new ArrayList<>(
            List.of("run", "--task", "nlvr2", "--provider", "scalar", "--format", "json"));
    all.addAll(List.of("--model", model, "--statement", STATEMENT));
    all.addAll(List.of(pictures));
    return Cli.run(all.toArray()).answer();
  }

  private static void settings(Path model, String json) {
    Cli.write(model.resolve("preprocessor_config.json"), json);
  }

  private Path features() {
    Path file = folder.resolve("all.safetensors");
    Object[] command = {
      "detect", "--provider", "scalar", "--detector", detector, "--image", LEFT, RIGHT
    };
    Cli.run(join(command, "--output", file, "--layout", "nlvr2")).answer();
    return file;
  }

  private Path rows(String name, VisualFeatures features) throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    new SafetensorsWriter().add("visual_embeds", features.tensor()).write(file);
    return file;
  }

  private static Object[] join(Object[] first, Object... second) {
    List<Object> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(second));
    return all.toArray();
  }

  @Test
  void aQuestionIsAnsweredThroughADetector() throws IOException {
    Path eyes = TinyDetector.publish("pythia_small", folder);
    Path vqa = TinyModel.write(folder.resolve("vqa"), HeadType.QUESTION_ANSWERING, 20);
    Object[] command = {
      "run", "--task", "vqa", "--provider", "scalar", "--format", "json", "--model", vqa
    };
    Object[] question = join(command, "--question", "what is the colour of the ring?");
    Cli.Result seen = Cli.run(join(question, "--detector", eyes, "--image", RIGHT));
    assertThat(seen.out()).contains("\"task\":\"vqa\"");
    Object[] detect = {"detect", "--provider", "scalar", "--detector", eyes, "--image", RIGHT};
    Path features = folder.resolve("features");
    Cli.run(join(detect, "--output", features, "--layout", "pythia")).answer();
    assertThat(Cli.run(join(question, "--features", features.resolve("wide.npy"))).out())
        .isEqualTo(seen.out());
  }

  @Test
  void twoCaptionsOfAPictureAreReadThroughADetector() throws IOException {
    Path pre = TinyModel.write(folder.resolve("pre"), HeadType.PRE_TRAINING, 18);
    Object[] command = {
      "run", "--task", "pretrain", "--provider", "scalar", "--format", "json", "--model", pre
    };
    Object[] picture = join(command, "--detector", detector, "--image", LEFT);
    String one = "a ring on the [MASK].";
    String other = "two rings and a circle.";
    String both = Cli.run(join(picture, "--text", one, "--text", other)).answer();
    assertThat(both.lines()).hasSize(2);
    assertThat(both.lines().toList().getFirst())
        .isEqualTo(Cli.run(join(picture, "--text", one)).answer().strip());
    assertThat(both.lines().toList().getLast())
        .isEqualTo(
            Cli.run(join(picture, "--text", other))
                .answer()
                .strip()
                .replace("\"id\":\"1\"", "\"id\":\"2\""));
    assertThat(both.lines()).allMatch(line -> line.contains("\"match\":"));
  }

  @Test
  void twoPicturesAreJudgedThroughADetector() {
    String seen = judge(model, "--detector", detector, "--image", LEFT, "--image", RIGHT);
    Path file = features();
    assertThat(judge(model, "--features", file + "#image.png", file + "#wide.png")).isEqualTo(seen);
    assertThat(judge(model, "--detector", detector, "--image", RIGHT, LEFT)).isNotEqualTo(seen);
  }

  @Test
  void aModelTakesTheFirstRegionsOfEachPicture() throws IOException {
    String all = judge(model, "--detector", detector, "--image", LEFT, RIGHT);
    settings(model, "{\"preset\": \"authors\", \"max_regions\": 5}");
    String first = judge(model, "--detector", detector, "--image", LEFT, RIGHT);
    assertThat(first).isNotEqualTo(all);
    Path file = features();
    assertThat(judge(model, "--features", file + "#image.png", file + "#wide.png"))
        .isEqualTo(first);
    settings(model, "{\"preset\": \"authors\"}");
    Path left = rows("left", FeatureFile.read(file, "image.png").first(5));
    Path right = rows("right", FeatureFile.read(file, "wide.png").first(5));
    assertThat(judge(model, "--features", left, right)).isEqualTo(first);
    settings(model, "{\"preset\": \"authors\", \"max_regions\": 5}");
    Path known = Cli.GOLDENS.resolve("detectors/cases/mask_rcnn_small");
    try (VisualBert opened = VisualBert.builder(model).detector(known).open()) {
      assertThat(opened.maxRegions()).isEqualTo(5);
      assertThat(opened.regions(LEFT).regions()).isEqualTo(5);
      assertThat(opened.regions(FeatureFile.read(file, "wide.png")).regions()).isEqualTo(5);
    }
  }

  @Test
  void theNumberOfRegionsIsChecked() {
    settings(model, "{\"preset\": \"authors\", \"max_regions\": 0}");
    Object[] command = {"run", "--task", "nlvr2", "--model", model, "--statement", STATEMENT};
    assertThat(
            Cli.run(join(command, "--detector", detector, "--image", LEFT, RIGHT))
                .refusal(ExitCode.BAD_MODEL))
        .endsWith("preprocessor_config.json: max_regions: expected at least 1, found 0");
  }

  @Test
  void theAuthorsCheckpointTakes144Of150() throws IOException {
    Path published = TinyModel.write(folder.resolve("published"), HeadType.VISUAL_REASONING, 1024);
    Random random = new Random(3);
    float[] numbers = new float[150 * 1024];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextInt(3) == 0 ? random.nextFloat() : 0; // as after a ReLU
    }
    VisualFeatures features = VisualFeatures.view("x", Tensor.of(numbers, 150, 1024));
    Path all = rows("all", features);
    Path taken = rows("taken", features.first(144));
    String answer = judge(published, "--features", taken, taken);
    assertThat(judge(published, "--features", all, all)).isEqualTo(answer);
    settings(published, "{\"preset\": \"hf\"}");
    assertThat(judge(published, "--features", all, all)).isNotEqualTo(answer);
  }
}
