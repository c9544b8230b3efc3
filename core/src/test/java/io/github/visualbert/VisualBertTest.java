package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.Preset;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.task.QuestionAnswering;
import io.github.visualbert.task.Ranking;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening, asking and closing, and what happens to those who do it wrongly. */
class VisualBertTest {
  private static final Path DEMO = Path.of(System.getProperty("testdata"), "demo");
  private static final Path SCENE = DEMO.resolve("images/scene-1.png");
  private static final String QUESTION = "what is the colour of the ring?";

  @TempDir Path folder;

  @Test
  void asksBorrowedThreads() {
    try (ExecutorService executor = Executors.newFixedThreadPool(3);
        VisualBert model =
            VisualBert.builder(DEMO.resolve("vqa")).executor(executor).threads(3).open()) {
      assertThat(ask(model).best().label()).isEqualTo("blue");
    }
  }

  /**
   * The weights are cut short in the middle of a pass, when it asks for help; their pages are then
   * gone.
   */
  @Test
  void noticesWeightsThatAreCutShortDuringAPass() throws IOException {
    copyDemo("vqa");
    Path weights = folder.resolve("model.safetensors");
    AtomicBoolean armed = new AtomicBoolean();
    Executor cutting =
        help -> {
          if (armed.get()) {
            cut(weights, 0);
          }
          help.run();
        };
    try (VisualBert model = VisualBert.builder(folder).executor(cutting).threads(2).open()) {
      QuestionAnswering task = model.questionAnswering();
      VisualFeatures picture = model.regions(SCENE);
      for (int i = 0; i < 20; i++) {
        assertThat(task.answer(QUESTION, picture, 1).best().label()).isEqualTo("blue");
      }
      armed.set(true);
      for (int i = 0; i < 2; i++) { // within a pass, then before one
        assertThatThrownBy(() -> task.answer(QUESTION, picture, 1))
            .isInstanceOf(ModelException.class)
            .hasMessageMatching(
                ".*model.safetensors: the file was changed while in use: expected \\d+ bytes, found"
                    + " 0 bytes");
      }
    }
  }

  /** What is gone lies within the last page, which then reads as zeros, without a fault. */
  @Test
  void givesNoAnswerFromWeightsThatLostTheirEnd() throws IOException {
    copyDemo("vqa");
    Path weights = folder.resolve("model.safetensors");
    long size = Files.size(weights);
    Executor cutting =
        help -> {
          cut(weights, size - 1);
          help.run();
        };
    try (VisualBert model = VisualBert.builder(folder).executor(cutting).threads(2).open()) {
      QuestionAnswering task = model.questionAnswering();
      VisualFeatures picture = model.regions(SCENE);
      assertThatThrownBy(() -> task.answer(QUESTION, picture, 1))
          .isInstanceOf(ModelException.class)
          .hasMessageEndingWith("found " + (size - 1) + " bytes");
    }
  }

  private static void cut(Path file, long size) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void opensInAThreadThatIsInterruptedAndLeavesItSo() {
    Thread.currentThread().interrupt();
    try (VisualBert model = VisualBert.open(DEMO.resolve("vqa"))) {
      assertThat(ask(model).best().label()).isEqualTo("blue");
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void asksForAFolderOnDiskWhereTheModelLiesInAnArchive() throws IOException {
    try (FileSystem archive =
        FileSystems.newFileSystem(folder.resolve("model.zip"), Map.of("create", "true"))) {
      Path inside = archive.getPath("/vqa");
      copyDemo("vqa", Files.createDirectory(inside));
      assertThatThrownBy(() -> VisualBert.open(inside))
          .isInstanceOfSatisfying(
              ModelException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED))
          .hasMessage(
              "/vqa/model.safetensors: expected a file on disk, which can be mapped, found one in "
                  + archive
                  + "; copy it to a folder");
    }
  }

  @Test
  void answersNothingAfterClose() {
    VisualBert model = VisualBert.open(DEMO.resolve("vqa"));
    VisualFeatures picture = model.regions(SCENE);
    QuestionAnswering task = model.questionAnswering();
    model.close();
    model.close();
    assertThatThrownBy(() -> task.answer(QUESTION, picture, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
  }

  @Test
  void extractsVectorsOfTheCheckpointsOfAnyHead() {
    VisualFeatures picture;
    try (VisualBert answering = VisualBert.open(DEMO.resolve("vqa"))) {
      picture = answering.regions(SCENE);
      assertThatThrownBy(answering::featureExtraction)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "the model is a VisualBertForQuestionAnswering without a pooler, which this task"
                  + " reads; open it with the head BASE");
    }
    try (VisualBert base = VisualBert.builder(DEMO.resolve("vqa")).head(HeadType.BASE).open()) {
      Tensor pooled = base.featureExtraction().extract("a ring", picture, false).pooled();
      assertThat(pooled.shape()).containsExactly(base.config().hiddenSize());
    }
  }

  @Test
  void givesNothingAfterClose() throws IOException {
    VisualBert model = VisualBert.open(DEMO.resolve("vqa"));
    byte[] file = Files.readAllBytes(SCENE);
    Picture picture = Picture.read(SCENE);
    model.close();
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("regions of a file", () -> model.regions(SCENE));
    calls.put("regions of bytes", () -> model.regions(file, "upload"));
    calls.put("regions of a picture", () -> model.regions(picture));
    calls.put("forward", model::forward);
    calls.put("questionAnswering", model::questionAnswering);
    calls.put("visualReasoning", model::visualReasoning);
    calls.put("multipleChoice", model::multipleChoice);
    calls.put("phraseGrounding", model::phraseGrounding);
    calls.put("preTraining", model::preTraining);
    calls.put("featureExtraction", model::featureExtraction);
    SoftAssertions all = new SoftAssertions();
    calls.forEach(
        (name, call) ->
            all.assertThatThrownBy(call)
                .as(name)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the model is closed"));
    all.assertAll();
  }

  @Test
  void seesAFileItsBytesAndItsPixelsAlike() throws IOException {
    byte[] file = Files.readAllBytes(SCENE);
    try (VisualBert model = VisualBert.open(DEMO.resolve("vqa"))) {
      float[] expected = model.regions(SCENE).toArray();
      VisualFeatures uploaded = model.regions(file, "upload 17");
      assertThat(uploaded.toArray()).containsExactly(expected);
      assertThat(uploaded.source()).isEqualTo("upload 17");
      assertThat(model.regions(Picture.read(SCENE)).toArray()).containsExactly(expected);

      byte[] cut = Arrays.copyOf(file, 100);
      assertThatThrownBy(() -> model.regions(cut, "upload 18"))
          .isInstanceOf(InputException.class)
          .hasMessage("upload 18: PNG: ends at byte 100, within its image data");
      assertThatThrownBy(() -> model.regions(new byte[0], "upload 19"))
          .isInstanceOf(InputException.class)
          .hasMessage("upload 19: expected a PNG or JPEG picture, found an empty file");
    }
  }

  @Test
  void readsItsSettingsOnce() throws IOException {
    copyDemo("vqa");
    try (VisualBert model = VisualBert.open(folder)) {
      Files.delete(folder.resolve("preprocessor_config.json"));
      assertThat(ask(model).best().label()).isEqualTo("blue");
    }
  }

  @Test
  void aModelWithoutEyesAnswersFromFeaturesAndSaysWhatItNeeds() throws IOException {
    copyDemo("vqa");
    Path settings = folder.resolve("preprocessor_config.json");
    Path features = DEMO.resolve("images/features/scene-1.npy");
    Map<String, String> lacks = new LinkedHashMap<>();
    lacks.put("{\"preset\": \"hf\"}", "names no image_processor_type");
    lacks.put(
        "{\"image_processor_type\": \"ViTImageProcessor\"}",
        "image_processor_type is ViTImageProcessor, expected GridFeatures or RegionFeatures");
    lacks.put("", "no such file");
    for (Map.Entry<String, String> lack : lacks.entrySet()) {
      Files.deleteIfExists(settings);
      if (!lack.getKey().isEmpty()) {
        Files.writeString(settings, lack.getKey());
      }
      try (VisualBert model = VisualBert.builder(folder).preset(Preset.HF).open()) {
        assertThat(
                model
                    .questionAnswering()
                    .answer(QUESTION, FeatureFile.read(features), 1)
                    .best()
                    .label())
            .isEqualTo("blue");
        // Not even the picture is looked at, since no other one would do.
        assertThatThrownBy(() -> model.regions(folder.resolve("none.png")))
            .isInstanceOf(ModelException.class)
            .hasMessage(
                settings
                    + ": "
                    + lack.getValue()
                    + ", so this model has no eyes of its own; give it those of the detector that"
                    + " it was trained on, with --detector DIR or VisualBertBuilder.detector, or"
                    + " region features, with --features FILE or FeatureFile.read: see Regions in"
                    + " README.md");
      }
    }
  }

  @Test
  void refusesToSeeWithSettingsOfAnotherModel() throws IOException {
    copyDemo("vqa");
    Path settings = folder.resolve("preprocessor_config.json");
    Files.writeString(
        settings,
        Files.readString(settings)
            .replace("\"append_box\": true", "\"append_box\": false")
            .replace("196", "192"));
    try (VisualBert model = VisualBert.open(folder)) {
      assertThatThrownBy(() -> model.regions(SCENE))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              settings + ": makes regions of 192 columns, the model's visual_embedding_dim is 196");
    }
  }

  @Test
  void givesNoTaskOfAnotherHead() {
    try (VisualBert model = VisualBert.open(DEMO.resolve("vqa"))) {
      assertThat(model.headType()).isEqualTo(HeadType.QUESTION_ANSWERING);
      assertThatThrownBy(model::multipleChoice)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "the model is a VisualBertForQuestionAnswering, this task needs a"
                  + " VisualBertForMultipleChoice");
    }
  }

  @Test
  void cutsAQuestionThatIsTooLongAndSaysSo() {
    String longQuestion = "what is the colour of the ring ".repeat(20);
    for (Preset preset : Preset.values()) {
      try (VisualBert model = VisualBert.builder(DEMO.resolve("vqa")).preset(preset).open()) {
        VisualFeatures picture = model.regions(SCENE);
        assertThat(model.questionAnswering().answer(longQuestion, picture, 1).truncated()).isTrue();
        assertThat(model.questionAnswering().answer(QUESTION, picture, 1).truncated()).isFalse();
      }
    }
  }

  @Test
  void followsTheConventionsOfItsFolder() throws IOException {
    copyDemo("vqa");
    Path file = folder.resolve("preprocessor_config.json");
    String stated = Files.readString(file);
    assertThat(PreprocessorConfig.read(new ModelFolder(folder), detector -> detector).preset())
        .isEqualTo(Preset.HF);
    Files.writeString(file, stated.replace("\"hf\"", "\"authors\""));
    assertThat(PreprocessorConfig.read(new ModelFolder(folder), detector -> detector).preset())
        .isEqualTo(Preset.AUTHORS);
    Files.writeString(file, stated.replace("\"preset\": \"hf\",", ""));
    assertThat(PreprocessorConfig.read(new ModelFolder(folder), detector -> detector).preset())
        .isEqualTo(Preset.HF);
    Files.writeString(file, stated.replace("\"hf\"", "\"mmf\""));
    assertRefused(Kind.MALFORMED, "preset is mmf, expected one of [authors, hf]");
    Files.delete(file);
    assertThat(PreprocessorConfig.read(new ModelFolder(folder), detector -> detector).preset())
        .isEqualTo(Preset.AUTHORS);
  }

  @Test
  void neverAnswersWithUnknownTheAuthorsWay() throws IOException {
    copyDemo("vqa");
    Path config = folder.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"2\": \"blue\"", "\"2\": \"<unk>\""));
    try (VisualBert model = VisualBert.builder(folder).preset(Preset.AUTHORS).open()) {
      assertThat(ask(model).answers()).hasSize(34).noneMatch(a -> a.label().equals("<unk>"));
      assertThat(ask(model).answers().stream().mapToDouble(a -> a.score()).sum())
          .isBetween(1 - 1e-9, 1 + 1e-9);
    }
    try (VisualBert model = VisualBert.builder(folder).preset(Preset.HF).open()) {
      assertThat(ask(model).best().label()).isEqualTo("<unk>");
    }
  }

  @Test
  void refusesFoldersThatAreNoModels() throws IOException {
    assertRefused(Kind.UNREADABLE, folder.toString());
    copyDemo("vqa");
    Files.delete(folder.resolve("model.safetensors"));
    assertRefused(Kind.UNREADABLE, "model.safetensors");
  }

  @Test
  void readsTheSizesOffTheWeightsWhereThereIsNoConfiguration() throws IOException {
    Path golden = Path.of(System.getProperty("testdata"), "goldens/models/base_head64_visual2048");
    Files.copy(golden.resolve("model.safetensors"), folder.resolve("model.safetensors"));
    try (VisualBert model = VisualBert.open(folder);
        VisualBert stated = VisualBert.open(golden)) {
      assertThat(model.config()).isEqualTo(stated.config());
    }
  }

  @Test
  void refusesConfigurationsThatContradictTheWeightsNamingAll() throws IOException {
    copyDemo("vqa");
    Path config = folder.resolve("config.json");
    String stated = Files.readString(config);
    Files.writeString(
        config,
        stated
            .replace("\"vocab_size\": 302", "\"vocab_size\": 303")
            .replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 5"));
    assertThatThrownBy(() -> VisualBert.open(folder))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.kind()).isEqualTo(Kind.MISMATCH))
        .hasMessageContaining("word_embeddings.weight expected [303, 128], found [302, 128]")
        .hasMessageContaining("16 missing: visual_bert.encoder.layer.4.attention.self.query.weight")
        .hasMessageContaining(" and 11 more; ");
    Files.writeString(
        config, stated.replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 3"));
    assertRefused(Kind.MISMATCH, "16 unexpected: \"visual_bert.encoder.layer.3.");
    Files.writeString(config, stated.replace("\"hidden_size\": 128", "\"hidden_size\": 130"));
    assertRefused(Kind.MALFORMED, "hidden_size 130 is not a multiple of num_attention_heads 4");
    Files.writeString(config, stated.replace("\"gelu\"", "\"gelo\""));
    assertRefused(Kind.MALFORMED, "gelo");
  }

  @Test
  void refusesAVocabularyOfAnotherModel() throws IOException {
    copyDemo("vqa");
    Path vocabulary = folder.resolve("vocab.txt");
    Files.writeString(vocabulary, Files.readString(vocabulary) + "oneword\n");
    try (VisualBert model = VisualBert.open(folder)) {
      assertThatThrownBy(model::questionAnswering)
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("303 entries, the model's vocab_size is 302");
    }
  }

  private void assertRefused(Kind kind, String message) {
    assertThatThrownBy(() -> VisualBert.open(folder))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  private static Ranking ask(VisualBert model) {
    return model.questionAnswering().answer(QUESTION, model.regions(SCENE), 100);
  }

  private void copyDemo(String name) throws IOException {
    copyDemo(name, folder);
  }

  private static void copyDemo(String name, Path to) throws IOException {
    try (Stream<Path> files = Files.list(DEMO.resolve(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
  }
}
