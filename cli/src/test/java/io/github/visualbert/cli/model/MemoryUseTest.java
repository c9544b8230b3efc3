package io.github.visualbert.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.cli.TinyModel;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.Parameters;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.model.Trace;
import io.github.visualbert.model.VisualBertModel;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.Checkpoint;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryUseTest {
  @TempDir private Path folder;

  /** What is stated for a batch is what passes take. */
  @Test
  void statesTheScratchThatPassesTake() {
    for (String name : List.of("qa_labels", "bypass_text_visual", "base_head64_visual2048")) {
      Path model = Cli.GOLDENS.resolve("models").resolve(name);
      VisualBertConfig config = VisualBertConfig.read(model.resolve("config.json"));
      Architecture architecture = Architecture.of(config, HeadType.BASE, false);
      for (String provider : List.of("scalar", "simd")) {
        Kernels kernels = KernelSelection.select(provider).kernels();
        try (Arena arena = Arena.ofShared();
            Checkpoint checkpoint = Checkpoint.open(model, arena)) {
          VisualBertModel encoder =
              new VisualBertModel(
                  new Parameters(kernels, checkpoint, "visual_bert."), config, false);
          int text = 9;
          for (int[] size : new int[][] {{1, 1}, {1, 36}, {8, 36}, {33, 20}}) {
            long peak = peak(encoder, config, size[0], text, size[1]);
            long stated = MemoryUse.scratch(architecture, size[0], text, size[1]);
            assertThat(peak)
                .as("%s, %s: %d of %d + %d", name, provider, size[0], text, size[1])
                .isBetween(stated, stated + MemoryUse.PER_THREAD);
          }
        }
      }
    }
  }

  private static long peak(
      VisualBertModel encoder, VisualBertConfig config, int batch, int text, int regions) {
    List<Sequence> sequences = new ArrayList<>();
    int dim = config.visualEmbeddingDim();
    for (int i = 0; i < batch; i++) {
      Tensor features = Tensor.of(new float[regions * dim], regions, dim);
      sequences.add(Sequence.of(new int[text], features));
    }
    try (Workers workers = Workers.of(1);
        Workspace workspace = new Workspace()) {
      encoder.forward(new Execution(workers, workspace), sequences, null, Trace.none());
      return workspace.peak();
    }
  }

  @Test
  void weightsAreMappedAndSmallOnesCopied() throws IOException {
    JsonObject memory = inspect(TinyModel.write(folder.resolve("f32"), DType.F32));
    long bytes = Files.size(folder.resolve("f32/model.safetensors"));
    assertThat(memory.getLong("mapped")).isBetween(bytes - 8000, bytes);
    assertThat(memory.getLong("copied")).isEqualTo(4L * (TinyModel.ANSWERS + 16 * 13));
    assertThat(memory.getObject("scratch").keys())
        .containsExactly("batch", "text", "regions", "bytes", "bytes_per_thread");
  }

  @Test
  void doublesAreCopied() throws IOException {
    JsonObject memory = inspect(TinyModel.write(folder.resolve("f64"), DType.F64));
    assertThat(memory.getLong("copied")).isEqualTo(memory.getLong("mapped") / 2);
  }

  private static JsonObject inspect(Path model) {
    return Json.parseObject(
            Cli.run("inspect", model, "--format", "json").answer().getBytes(StandardCharsets.UTF_8))
        .getObject("memory");
  }

  @Test
  void doctorSaysTheSameAsInspect() {
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
