package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.task.MultipleChoice;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.Checkpoint;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pass that computes NaN or infinity gives an error, and no answer. */
class NotFiniteTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");

  @TempDir Path folder;

  private static Map<String, BiConsumer<VisualBert, VisualFeatures>> tasks() {
    Map<String, BiConsumer<VisualBert, VisualFeatures>> tasks = new LinkedHashMap<>();
    tasks.put("vqa", (model, picture) -> model.questionAnswering().answer("a ring?", picture, 1));
    tasks.put(
        "nlvr2", (model, picture) -> model.visualReasoning().judge("a ring.", picture, picture));
    tasks.put(
        "multiple-choice",
        (model, picture) ->
            model
                .multipleChoice()
                .choose(List.of(new MultipleChoice.Question("a?", List.of("b", "c"), picture))));
    tasks.put(
        "region-to-phrase",
        (model, picture) ->
            model
                .phraseGrounding()
                .ground("a ring.", PhraseGrounding.find("a ring.", List.of("ring")), picture, 1));
    tasks.put(
        "pretraining", (model, picture) -> model.preTraining().complete("a [MASK].", picture, 1));
    return tasks;
  }

  private static VisualFeatures features(VisualBert model, float value) {
    float[] values = new float[2 * model.config().visualEmbeddingDim()];
    Arrays.fill(values, value);
    return VisualFeatures.of("huge.npy", values, 2, model.config().visualEmbeddingDim());
  }

  @Test
  void hugeFeaturesAreInvalid() {
    tasks()
        .forEach(
            (name, task) -> {
              try (VisualBert model = VisualBert.open(DEMO.resolve(name))) {
                VisualFeatures huge = features(model, 3e38f);
                assertThatExceptionOfType(InputException.class)
                    .as(name)
                    .isThrownBy(() -> task.accept(model, huge))
                    .withMessageContaining("computes NaN or infinity");
                task.accept(model, features(model, 1));
              }
            });
  }

  @Test
  void hugeFeaturesHaveNoVectors() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("pretraining"))) {
      for (boolean allRows : new boolean[] {false, true}) {
        assertThatExceptionOfType(InputException.class)
            .isThrownBy(
                () -> model.featureExtraction().extract("a", features(model, 3e38f), allRows));
      }
    }
  }

  @Test
  void weightsThatAreNotFiniteAreNamed() throws IOException {
    for (Map.Entry<String, BiConsumer<VisualBert, VisualFeatures>> task : tasks().entrySet()) {
      String tensor = "visual_bert.encoder.layer.0.output.dense.bias";
      Path spoiled = spoil(task.getKey(), tensor);
      try (VisualBert model = VisualBert.open(spoiled)) {
        assertThatExceptionOfType(ModelException.class)
            .as(task.getKey())
            .isThrownBy(() -> task.getValue().accept(model, features(model, 1)))
            .withMessageContaining("the weights hold NaN or infinity, in " + tensor);
      }
    }
  }

  /** Its two heads give words and the match, each by itself. */
  @Test
  void eitherHeadOfPreTrainingIsHeldToIt() throws IOException {
    for (String tensor :
        List.of("cls.predictions.transform.dense.bias", "cls.seq_relationship.bias")) {
      Path spoiled = spoil("pretraining", tensor);
      try (VisualBert model = VisualBert.open(spoiled)) {
        assertThatExceptionOfType(ModelException.class)
            .isThrownBy(() -> tasks().get("pretraining").accept(model, features(model, 1)))
            .withMessageContaining(tensor);
      }
    }
  }

  /** Returns a copy of a demo model in which one tensor holds NaN. */
  private Path spoil(String name, String tensor) throws IOException {
    Path copy = Files.createDirectories(folder.resolve(name));
    try (Stream<Path> files = Files.list(DEMO.resolve(name))) {
      for (Path file : files.filter(file -> !file.toString().endsWith(".safetensors")).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    try (Arena arena = Arena.ofShared();
        Checkpoint checkpoint = Checkpoint.open(DEMO.resolve(name), arena)) {
      SafetensorsWriter writer = new SafetensorsWriter();
      assertThat(checkpoint.names()).contains(tensor);
      for (String each : checkpoint.names()) {
        Tensor old = checkpoint.source().tensor(checkpoint.info(each).name());
        float[] values = new float[Math.toIntExact(old.elementCount())];
        Arrays.fill(values, Float.NaN);
        writer.add(each, each.equals(tensor) ? Tensor.of(values, old.shape()) : old);
      }
      writer.write(copy.resolve("model.safetensors"));
    }
    return copy;
  }
}
