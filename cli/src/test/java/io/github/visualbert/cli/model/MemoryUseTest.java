package io.github.visualbert.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.TinyModel;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryUseTest {
  @TempDir private Path folder;

  @Test
  void mapsMatricesAndCopiesVectors() throws IOException {
    JsonObject memory = inspect(TinyModel.write(folder.resolve("f32"), DType.F32));
    long bytes = Files.size(folder.resolve("f32/model.safetensors"));
    assertThat(memory.getLong("mapped")).isBetween(bytes - 8000, bytes);
    assertThat(memory.getLong("copied")).isEqualTo(4L * (TinyModel.ANSWERS + 16 * 13));
    assertThat(memory.getObject("scratch").keys())
        .containsExactly("batch", "text", "regions", "bytes", "bytes_per_thread");
  }

  @Test
  void copiesDoubles() throws IOException {
    JsonObject memory = inspect(TinyModel.write(folder.resolve("f64"), DType.F64));
    assertThat(memory.getLong("copied")).isEqualTo(memory.getLong("mapped") / 2);
  }

  private static JsonObject inspect(Path model) {
    return Json.parseObject(
            Cli.run("inspect", model, "--format", "json").answer().getBytes(StandardCharsets.UTF_8))
        .getObject("memory");
  }

  @Test
  void doctorPrintsTheSameAsInspect() {
    Path model = Cli.DEMO.resolve("vqa");
    JsonObject doctor =
        (JsonObject) Json.parse(Cli.run("doctor", "--model", model, "--format", "json").answer());
    assertThat(doctor.keys()).contains("version", "threads", "kernels", "refused", "to_change");
    JsonObject memory = doctor.getObject("model").getObject("memory");
    assertThat(memory.getLong("mapped")).isEqualTo(inspect(model).getLong("mapped"));
    assertThat(memory.getLong("copied")).isEqualTo(inspect(model).getLong("copied"));
    assertThat(Cli.run("doctor", "--model", model).answer())
        .containsPattern("occupies +\\d+\\.\\d MiB mapped, shared by all processes")
        .containsPattern("\\d\\.\\d MiB of scratch for each batch of 8 texts of 20 tokens with 36");
    assertThat(Cli.run("inspect", model).answer()).containsPattern("memory +\\d+\\.\\d MiB mapped");
    assertThat(Cli.run("doctor", "--model", "no").refusal(4))
        .contains("no: expected a model folder");
  }
}
