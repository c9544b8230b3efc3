package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectCommandTest {
  @TempDir private Path folder;

  private static JsonObject json(Path path) {
    return (JsonObject) Json.parse(Cli.run("inspect", "--format", "json", path).answer());
  }

  /** Every damaged or hostile file gets the verdict in its description. */
  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "torch"})
  void exitsWithTheVerdictOnEveryMalformedFile(String kind) throws IOException {
    Path files = Cli.GOLDENS.resolve("malformed").resolve(kind);
    JsonObject expected = Json.parseObject(Files.readAllBytes(files.resolve("expected.json")));
    List<String> wrong = new ArrayList<>();
    int refused = 0;
    for (String name : expected.keys()) {
      JsonObject verdict = expected.getObject(name);
      Cli.Result result = Cli.run("inspect", files.resolve(name));
      if (result.exitCode() == ExitCode.OK) {
        result.answer();
      } else {
        result.refusal(ExitCode.BAD_MODEL);
        assertThat(result.err()).contains(name + ": ");
        refused++;
      }
      boolean either = verdict.has("either") || verdict.getString("expect", "").equals("either");
      boolean good =
          kind.equals("torch")
              ? verdict.getString("expect").equals("accept")
              : verdict.getBoolean("valid");
      if (!either && good != (result.exitCode() == ExitCode.OK)) {
        wrong.add(name + ": " + verdict.getString("reason"));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(refused).isGreaterThan(10);
  }

  @Test
  void listsTensorsAndComparesThemWithTheModel() {
    String answer = Cli.run("inspect", Cli.DEMO.resolve("vqa")).answer();
    assertThat(answer)
        .containsPattern("cls\\.weight +F16 +\\[35, 128] +-\\d\\S+ +\\d\\S+\\R")
        .containsPattern("(?m)^tensors +77 of 77 F16, 631971 numbers$")
        .containsPattern("(?m)^model +VisualBertForQuestionAnswering$")
        .containsPattern("(?m)^answers +35$")
        .containsPattern("(?m)^not read +visual_bert\\.pooler\\.dense\\.bias$")
        .containsPattern("(?m)^fits +yes$");
  }

  @Test
  void recognizesTheModelFromItsWeightsWithoutConfig() throws IOException {
    Path alone = folder.resolve("some.safetensors");
    Files.copy(Cli.GOLDENS.resolve("models/base_head64_visual2048/model.safetensors"), alone);
    assertThat(Cli.run("inspect", alone).answer())
        .containsPattern("model +VisualBertModel, as names and shapes tell")
        .containsPattern("inputs +\\d+ words, \\d+ positions, regions of 2048");
  }

  @Test
  void writesOneObjectForPrograms() {
    Path model = Cli.GOLDENS.resolve("models/storage_bin_zip");
    JsonObject json = json(model);
    assertThat(json.getString("file")).endsWith("pytorch_model.bin");
    assertThat(json.getString("format")).isEqualTo("torch");
    assertThat(json.getObject("model").getString("class")).isEqualTo("VisualBertForPreTraining");
    assertThat(json.getObject("model").getInt("hidden_size")).isEqualTo(20);
    assertThat(json.getObject("audit").getBoolean("fits")).isTrue();
    assertThat(json.getLong("bytes")).isEqualTo(4 * json.getLong("numbers"));
    long numbers = 0;
    for (JsonValue tensor : json.getArray("tensors")) {
      long count = 1;
      JsonArray shape = ((JsonObject) tensor).getArray("shape");
      for (int i = 0; i < shape.size(); i++) {
        count *= shape.getLong(i);
      }
      numbers += count;
      assertThat(((JsonObject) tensor).getString("dtype")).isEqualTo("F32");
    }
    assertThat(numbers).isEqualTo(json.getLong("numbers"));
    // a file of the folder is compared with the same config.json
    assertThat(json(model.resolve("pytorch_model.bin")).getObject("model").keys())
        .isEqualTo(json.getObject("model").keys());
  }

  @Test
  void reportsEveryMismatch() {
    Path model = Cli.copy(Cli.DEMO.resolve("vqa"), folder.resolve("model"));
    Path config = model.resolve("config.json");
    Cli.write(
        config,
        Cli.read(config)
            .replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 3")
            .replace("\"visual_embedding_dim\": 196", "\"visual_embedding_dim\": 200"));
    Cli.Result result = Cli.run("inspect", model);
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.out())
        .containsPattern("(?m)^unexpected +visual_bert\\.encoder\\.layer\\.3\\.")
        .containsPattern("(?m)^misshapen +visual_bert\\.embeddings\\.visual_projection\\.weight")
        .containsPattern("(?m)^fits +no$");
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains("layer.3", "visual_projection.weight");
    // the file itself may be used
    assertThat(Cli.run("inspect", model.resolve("model.safetensors")).answer())
        .containsPattern("(?m)^fits +no$");
  }

  @Test
  void reportsNumbersThatAreNotFinite() throws IOException {
    Path file = folder.resolve("odd.safetensors");
    new SafetensorsWriter()
        .add("a", Tensor.of(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}, 3))
        .add("b", Tensor.of(new long[] {7}, 1))
        .add("c", Tensor.of(new float[0], 0))
        .write(file);
    assertThat(Cli.run("inspect", file).answer())
        .contains("1 NaN, 1 infinite")
        .containsPattern("(?m)^not finite +a$")
        .containsPattern("(?m)^model +unknown: ");
    JsonObject json = json(file);
    assertThat(json.has("model")).isFalse();
    JsonObject a = null;
    for (JsonValue tensor : json.getArray("tensors")) {
      JsonObject each = (JsonObject) tensor;
      a = each.getString("name").equals("a") ? each : a;
    }
    assertThat(a.getLong("nan")).isEqualTo(1);
    assertThat(a.getLong("infinite")).isEqualTo(1);
    assertThat(a.getDouble("max")).isEqualTo(1);
  }

  @Test
  void refusesMissingFiles() {
    assertThat(Cli.run("inspect").refusal(2)).contains("FILE|DIR");
    assertThat(Cli.run("inspect", folder.resolve("no")).refusal(4)).contains("no: ");
    assertThat(Cli.run("inspect", folder).refusal(4)).contains("model.safetensors");
    assertThat(Cli.run("inspect", "nobody/nothing").refusal(4))
        .contains("visualbert pull nobody/nothing");
  }
}
