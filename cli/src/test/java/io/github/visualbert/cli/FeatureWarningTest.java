package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features of another detector than the model's, and answers without names. */
class FeatureWarningTest {
  @TempDir private Path folder;
  private Path model;
  private Path labels;
  private Path bottomUp;
  private Path pythia;

  @BeforeEach
  void makeFiles() throws IOException {
    model = TinyModel.write(folder.resolve("model"), DType.F32);
    labels =
        Cli.write(
            folder.resolve("answers.txt"),
            IntStream.range(0, TinyModel.ANSWERS)
                .mapToObj(i -> "answer " + i)
                .collect(Collectors.joining("\n")));
    bottomUp = features("bottom-up.safetensors", 36, 0);
    pythia = features("pythia.safetensors", 100, 0.7);
  }

  private Path features(String name, int regions, double zeros) throws IOException {
    Random random = new Random(2);
    float[] numbers = new float[regions * TinyModel.REGION_NUMBERS];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextDouble() < zeros ? 0 : random.nextFloat(0.01f, 8);
    }
    Path file = folder.resolve(name);
    new SafetensorsWriter()
        .add("features", Tensor.of(numbers, regions, TinyModel.REGION_NUMBERS))
        .write(file);
    return file;
  }

  private Cli.Result ask(Path... features) {
    Object[] args = {"run", "--task", "vqa", "--model", model, "--labels", labels};
    Object[] more = new Object[args.length + 3 + features.length];
    System.arraycopy(args, 0, more, 0, args.length);
    more[args.length] = "--question";
    more[args.length + 1] = "what is there?";
    more[args.length + 2] = "--features";
    System.arraycopy(features, 0, more, args.length + 3, features.length);
    return Cli.run(more);
  }

  @Test
  void acceptsFeaturesOfTheModelsDetector() {
    assertThat(ask(pythia).answer()).contains("answer ");
  }

  @Test
  void warnsOnceOfAnotherDetector() {
    Cli.Result result = ask(pythia, bottomUp, bottomUp);
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("answer ");
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err())
        .startsWith(
            "visualbert run: warning: "
                + bottomUp
                + "[features]: looks like features of bottom-up attention's ResNet-101-C4")
        .contains("36 regions of 2048 columns", "trained on those of a ResNeXt-FPN detector");
  }

  @Test
  void warnsOnceInABatchRun() {
    Path input = folder.resolve("in.jsonl");
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 70; i++) {
      rows.append(
          "{\"id\": %d, \"features\": \"%s\", \"question\": \"what?\"}\n"
              .formatted(i, i < 20 ? "pythia.safetensors" : "bottom-up.safetensors"));
    }
    Cli.write(input, rows.toString());
    Path output = folder.resolve("out.jsonl");
    Cli.Result result =
        Cli.run(
            "run",
            "--task",
            "vqa",
            "--model",
            model,
            "--labels",
            labels,
            "--input",
            input,
            "--output",
            output);
    assertThat(result.exitCode()).isZero();
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err())
        .startsWith("visualbert run: warning: " + bottomUp + "[features]: looks like");
    assertThat(Cli.read(output).lines()).hasSize(70);
  }

  @Test
  void warnsWhenEncoding() {
    Object[] question = {"--features", bottomUp, "--text", "what is there?"};
    Cli.Result result =
        Cli.run(join(new Object[] {"run", "--task", "encode", "--model", model}, question));
    assertThat(result.exitCode()).isZero();
    assertThat(result.err())
        .startsWith("visualbert run: warning: " + bottomUp + "[features]: looks like");
  }

  @Test
  void aPreprocessorConfigDisablesTheWarning() throws IOException {
    Files.copy(
        Cli.GOLDENS.getParent().resolve("demo/vqa/preprocessor_config.json"),
        model.resolve("preprocessor_config.json"));
    assertThat(ask(bottomUp).answer()).contains("answer ");
  }

  @Test
  void marksPlaceholders() {
    Object[] question = {"--features", pythia, "--question", "what is there?", "--top-k", 2};
    Object[] run = {"run", "--task", "vqa", "--model", model};
    Cli.Result text = Cli.run(join(run, question));
    assertThat(text.out()).containsPattern("(?m)^  LABEL_\\d+ \\(unnamed\\) +0\\.");
    Cli.Result json = Cli.run(join(run, join(question, "--format", "json")));
    assertThat(json.out())
        .containsPattern("\"label\":\"LABEL_(\\d+)\",\"index\":\\1,\"placeholder\":true,\"score\"");
    Path input =
        Cli.write(
            folder.resolve("in.jsonl"),
            "{\"id\": 1, \"features\": \"pythia.safetensors\", \"question\": \"what?\"}");
    Path output = folder.resolve("out.jsonl");
    Cli.Result batch = Cli.run(join(run, "--input", input, "--output", output));
    assertThat(Cli.read(output)).contains("\"placeholder\":true");
    for (Cli.Result result : new Cli.Result[] {text, json, batch}) {
      assertThat(result.exitCode()).isZero();
      assertThat(result.err().strip())
          .isEqualTo(
              "visualbert run: note: the model does not name its answers: LABEL_7 stands for number"
                  + " 7 of them; give their names with --labels");
    }
    assertThat(Cli.run(join(run, join(question, "--labels", labels, "--format", "json"))).answer())
        .doesNotContain("placeholder");
  }

  private static Object[] join(Object[] first, Object... second) {
    Object[] all = new Object[first.length + second.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
