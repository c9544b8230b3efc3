package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardCommandTest {
  private static final Path CASE = Cli.GOLDENS.resolve("models/base_text_visual_padded");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"scalar, 1", "scalar, 2", "simd, 1", "simd, 2"})
  void givesTheReferencesOutputsForEveryCase(String provider, int threads) {
    Path outputs = folder.resolve("outputs");
    Path all = Cli.GOLDENS.resolve("models");
    List<Path> cases = Cli.filesIn(all);
    String answer =
        Cli.run(
                "forward",
                "--cases",
                all,
                "--outputs",
                outputs,
                "--provider",
                provider,
                "--threads",
                threads)
            .answer();
    assertThat(answer)
        .isEqualToNormalizingNewlines(
            "%d cases: %d done, 0 refused\n".formatted(cases.size(), cases.size()));
    List<String> differences = new ArrayList<>();
    for (Path golden : cases) {
      Path made = outputs.resolve(golden.getFileName());
      assertThat(Cli.filesIn(made)).containsExactly(made.resolve("outputs.safetensors"));
      compare(golden, made.resolve("outputs.safetensors"), differences);
    }
    assertThat(differences).isEmpty();
  }

  private static void compare(Path golden, Path made, List<String> differences) {
    JsonObject noise =
        Json.parseObject(Cli.read(golden.resolve("case.json")).getBytes(StandardCharsets.UTF_8))
            .getObject("fp32_noise")
            .getObject("per_output");
    try (Arena arena = Arena.ofConfined()) {
      Map<String, Tensor> expected = tensors(golden.resolve("outputs.safetensors"), arena);
      Map<String, Tensor> actual = tensors(made, arena);
      assertThat(actual).as(golden.toString()).containsOnlyKeys(expected.keySet());
      for (String name : expected.keySet()) {
        assertThat(actual.get(name).shape()).isEqualTo(expected.get(name).shape());
        float[] a = actual.get(name).toFloatArray();
        float[] b = expected.get(name).toFloatArray();
        for (int i = 0; i < b.length; i++) {
          double allowed = Math.max(10 * noise.getDouble(name), 1e-5 + 1e-5 * Math.abs(b[i]));
          boolean same = Float.isNaN(b[i]) ? Float.isNaN(a[i]) : Math.abs(a[i] - b[i]) <= allowed;
          if (!same) {
            differences.add(golden.getFileName() + " " + name + "[" + i + "]");
            break;
          }
        }
      }
    }
  }

  private static Map<String, Tensor> tensors(Path file, Arena arena) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (TensorSource source = TensorSource.open(file, arena)) {
      source.names().forEach(name -> tensors.put(name, source.tensor(name)));
    }
    return tensors;
  }

  @Test
  void writesWhyACaseIsRefusedAndContinues() {
    Path outputs = folder.resolve("outputs");
    Path goldens = Cli.GOLDENS.resolve("errors");
    assertThat(Cli.run("forward", "--cases", goldens, "--outputs", outputs).answer())
        .isEqualToNormalizingNewlines("17 cases: 0 done, 17 refused\n");
    for (Path golden : Cli.filesIn(goldens)) {
      Path made = outputs.resolve(golden.getFileName());
      assertThat(Cli.filesIn(made)).containsExactly(made.resolve("error.txt"));
      assertThat(Cli.read(made.resolve("error.txt"))).matches("(?s).{20,}\n");
    }
    assertThat(Cli.read(outputs.resolve("token_id_too_large/error.txt")))
        .isEqualTo("input_ids holds 31 at index 0, expected 0 to 30 (vocab_size is 31)\n");
  }

  @Test
  void findsCasesAtAnyDepthAndTakesTheHeadOfConfigJson() {
    Path made = Cli.copy(CASE, folder.resolve("cases/deep/one"));
    OutputFile.delete(made.resolve("case.json"));
    Cli.write(folder.resolve("cases/deep/config.json"), "{}"); // no inputs: no case
    Path outputs = folder.resolve("outputs");
    assertThat(
            Cli.run("forward", "--cases", folder.resolve("cases"), "--outputs", outputs).answer())
        .startsWith("1 cases: 1 done");
    assertThat(outputs.resolve("one/outputs.safetensors"))
        .hasSameBinaryContentAs(single("--hidden-states", "--attentions"));
  }

  @Test
  void deletesTheOutputsOfAnEarlierRun() {
    Path made = Cli.copy(CASE, folder.resolve("cases/one"));
    Path config = made.resolve("config.json");
    String good = Cli.read(config);
    Path outputs = folder.resolve("outputs");
    Path result = outputs.resolve("one");
    Object[] command = {"forward", "--cases", folder.resolve("cases"), "--outputs", outputs};
    Cli.run(command).answer();
    assertThat(Cli.filesIn(result)).containsExactly(result.resolve("outputs.safetensors"));
    Cli.write(config, "{");
    Cli.run(command).answer();
    assertThat(Cli.filesIn(result)).containsExactly(result.resolve("error.txt"));
    assertThat(Cli.read(result.resolve("error.txt"))).contains("config.json: ");
    Cli.write(config, good);
    Cli.run(command).answer();
    assertThat(Cli.filesIn(result)).containsExactly(result.resolve("outputs.safetensors"));
  }

  @Test
  void refusesACaseWithAnInvalidDescription() {
    Path made = Cli.copy(CASE, folder.resolve("cases/one"));
    Map<String, String> wrong =
        Map.of(
            "{",
            "case.json: expected a key",
            "{\"head\": \"BertModel\"}",
            "case.json: head: expected one of VisualBertModel, ",
            "{\"weights\": []}",
            "case.json: weights: expected at least one file",
            "{\"model_kwargs\": {\"x\": 1}}",
            "expected no argument but add_pooling_layer",
            " ".repeat((1 << 20) + 1),
            "case.json: expected a description of a case of at most 1048576 bytes, found 1048577");
    wrong.forEach(
        (description, message) -> {
          Cli.write(made.resolve("case.json"), description);
          Cli.run("forward", "--cases", folder.resolve("cases"), "--outputs", folder).answer();
          assertThat(Cli.read(folder.resolve("one/error.txt"))).contains(message);
        });
  }

  @Test
  void refusesFoldersWithoutCasesAndCasesOfOneName() throws IOException {
    assertThat(Cli.run("forward", "--cases", folder, "--outputs", folder).refusal(3))
        .endsWith("expected folders with config.json and inputs.safetensors, found none");
    assertThat(
            Cli.run("forward", "--cases", folder.resolve("none"), "--outputs", folder).refusal(3))
        .contains("none");
    Cli.copy(CASE, folder.resolve("a/one"));
    Cli.copy(CASE, folder.resolve("b/one"));
    assertThat(Cli.run("forward", "--cases", folder, "--outputs", folder.resolve("c")).refusal(3))
        .contains("a/one", "b/one", "different names");
    assertThat(folder.resolve("c")).doesNotExist();
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("a"));
    Cli.run("forward", "--cases", folder.resolve("link"), "--outputs", folder.resolve("c"))
        .answer();
    assertThat(folder.resolve("c/one/outputs.safetensors")).exists();
  }

  @Test
  void writesOnlyTheRequestedOutputs() {
    try (Arena arena = Arena.ofConfined()) {
      Map<String, Tensor> plain = tensors(single(), arena);
      assertThat(plain).containsOnlyKeys("last_hidden_state", "pooler_output");
      assertThat(tensors(single("--hidden-states"), arena).keySet())
          .containsAll(Set.of("hidden_states.0", "hidden_states.2"))
          .doesNotContain("attentions.0");
      assertThat(tensors(single("--attentions"), arena).keySet())
          .contains("attentions.0")
          .doesNotContain("hidden_states.0");
    }
  }

  @Test
  void reportsWhatItWrote() {
    assertThat(forward(CASE.resolve("inputs.safetensors")).answer())
        .contains("last_hidden_state  [", "pooler_output      [");
  }

  private Path single(Object... options) {
    List<Object> args = new ArrayList<>(List.of(options));
    Path target = folder.resolve("single" + args + ".safetensors");
    args.addAll(
        0,
        List.of(
            "forward",
            "--model",
            CASE,
            "--inputs",
            CASE.resolve("inputs.safetensors"),
            "--outputs",
            target));
    Cli.run(args.toArray()).answer();
    return target;
  }

  private Cli.Result forward(Path inputs, Object... more) {
    List<Object> args =
        new ArrayList<>(List.of("forward", "--model", CASE, "--inputs", inputs, "--outputs"));
    args.add(folder.resolve("out.safetensors"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  @Test
  void runsAnotherHeadOnRequest() throws IOException {
    Path answering = Cli.GOLDENS.resolve("models/qa_no_labels");
    Path out = folder.resolve("out.safetensors");
    Cli.run(
            "forward",
            "--model",
            answering,
            "--head",
            "VisualBertForQuestionAnswering",
            "--inputs",
            answering.resolve("inputs.safetensors"),
            "--outputs",
            out)
        .answer();
    try (Arena arena = Arena.ofConfined()) {
      assertThat(tensors(out, arena)).containsOnlyKeys("logits");
    }
    Files.delete(out);
    assertThat(forward(CASE.resolve("inputs.safetensors"), "--head", "BertModel").refusal(2))
        .contains("'BertModel'", "VisualBertForPreTraining");
    assertThat(
            forward(CASE.resolve("inputs.safetensors"), "--head", "VisualBertForVisualReasoning")
                .refusal(4))
        .contains("cls.weight", "cls.bias");
    assertThat(out).doesNotExist();
  }

  @Test
  void invalidInputsAreBadInputAndNotABadModel() throws IOException {
    Path broken = Cli.write(folder.resolve("broken.safetensors"), "broken");
    assertThat(forward(broken).refusal(3)).contains("broken.safetensors");
    assertThat(forward(folder.resolve("none.safetensors")).refusal(3)).contains("none.safetensors");
    Path odd = folder.resolve("odd.safetensors");
    new SafetensorsWriter().add("input_idz", Tensor.of(new long[] {1}, 1, 1)).write(odd);
    assertThat(forward(odd).refusal(3)).contains("input_idz", "input_ids");
    Path wide = folder.resolve("wide.safetensors");
    new SafetensorsWriter()
        .add("input_ids", Tensor.of(new long[] {1}, 1, 1))
        .add("visual_embeds", Tensor.of(new float[7], 1, 1, 7))
        .write(wide);
    assertThat(forward(wide).refusal(3))
        .contains("visual_embeds has 7 columns, the model's visual_embedding_dim is 13");
    assertThat(folder.resolve("out.safetensors")).doesNotExist();
  }

  @Test
  void refusesWrongUsage() {
    Path inputs = CASE.resolve("inputs.safetensors");
    assertThat(Cli.run("forward", "--model", CASE, "--inputs", inputs).refusal(2))
        .contains("--outputs");
    assertThat(Cli.run("forward", "--model", CASE, "--outputs", folder.resolve("o")).refusal(2))
        .contains("expected --model and --inputs, or --cases");
    assertThat(Cli.run("forward", "--cases", CASE, "--model", CASE, "--outputs", folder).refusal(2))
        .contains("--cases stands alone");
    assertThat(forward(inputs, "--threads", "0").refusal(2)).contains("--threads is 0");
    assertThat(forward(inputs, "--provider", "gpu").refusal(2)).contains("'gpu'", "simd");
    Path nowhere = folder.resolve("no/where.safetensors");
    assertThat(
            Cli.run("forward", "--model", CASE, "--inputs", inputs, "--outputs", nowhere)
                .refusal(2))
        .contains("there is no folder");
    assertThat(
            Cli.run("forward", "--model", CASE, "--inputs", inputs, "--outputs", folder).refusal(2))
        .contains("found a folder");
    assertThat(
            Cli.run(
                    "forward",
                    "--model",
                    folder,
                    "--inputs",
                    inputs,
                    "--outputs",
                    folder.resolve("o"))
                .refusal(4))
        .contains("model.safetensors");
  }
}
