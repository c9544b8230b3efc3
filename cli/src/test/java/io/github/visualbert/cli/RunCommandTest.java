package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunCommandTest {
  private static final Path IMAGES = Cli.DEMO.resolve("images");
  private static final Path SCENE = IMAGES.resolve("scene-1.png");
  private static final Path FEATURES = IMAGES.resolve("features/scene-1.npy");
  private static final Path CHECKPOINTS = Cli.TESTDATA.resolve("checkpoints");
  private static final String QUESTION = "what is the colour of the ring?";

  @TempDir private Path folder;

  private static Cli.Result run(String task, Object... more) {
    return Cli.runTask(task, more);
  }

  private static Cli.Result ask(Object... more) {
    List<Object> args = new ArrayList<>(List.of("--image", SCENE, "--question", QUESTION));
    args.addAll(List.of(more));
    return run("vqa", args.toArray());
  }

  @Test
  void printsATableForPeople() {
    assertThat(ask("--top-k", 3).answer())
        .isEqualToNormalizingNewlines(
            SCENE
                + ": "
                + QUESTION
                + """

                  blue    0.9990
                  green   0.0006
                  purple  0.0001
                """);
    assertThat(run("pretrain", "--image", SCENE, "--text", "a [MASK] ring.", "--top-k", 1).answer())
        .isEqualToNormalizingNewlines(
            SCENE
                + ": a [MASK] ring."
                + """

                  [MASK]  small  0.6544
                  match          0.9980
                """);
  }

  @Test
  void printsOneObjectALineForPrograms() {
    String line = ask("--format", "json", "--top-k", 1).answer().strip();
    assertThat(line)
        .matches(
            "\\{\"id\":\"1\",\"task\":\"vqa\",\"answers\":"
                + "\\[\\{\"label\":\"blue\",\"index\":\\d+,\"score\":0\\.99\\d+}]}");
    assertThat(
            run(
                    "flickr",
                    "--image",
                    SCENE,
                    "--text",
                    "a ring",
                    "--phrase",
                    "ring",
                    "--top-k",
                    1,
                    "--format",
                    "json")
                .answer()
                .strip())
        .matches(
            "\\{\"id\":\"1\",\"task\":\"flickr\",\"answers\":\\[\\{\"phrase\":\"ring\","
                + "\"region\":\\d+,\"label\":\"region \\d+\",\"index\":\\d+,\"score\":0\\.\\d+,"
                + "\"box\":\\[0\\.\\d+,0\\.\\d+,0\\.\\d+,0\\.\\d+]}]}");
  }

  @Test
  void readsRegionFeaturesInsteadOfPictures() {
    String answer = ask("--format", "json").answer();
    for (String ending : List.of("npy", "safetensors")) {
      assertThat(
              run(
                      "vqa",
                      "--features",
                      IMAGES.resolve("features/scene-1." + ending),
                      "--question",
                      QUESTION,
                      "--format",
                      "json")
                  .answer())
          .isEqualTo(answer);
    }
  }

  @Test
  void readsOnePictureOfMany() throws IOException {
    Path many = folder.resolve("many.safetensors");
    new SafetensorsWriter()
        .add("other", Tensor.of(new float[196], 1, 196))
        .add("this", Tensor.of(FeatureFile.read(FEATURES).toArray(), 16, 196))
        .write(many);
    String answer = ask("--format", "json").answer();
    for (String name : List.of("#this", "##1")) {
      assertThat(
              run("vqa", "--features", many + name, "--question", QUESTION, "--format", "json")
                  .answer())
          .isEqualTo(answer);
    }
    assertThat(run("vqa", "--features", many + "#that", "--question", QUESTION).refusal(3))
        .contains("many.safetensors", "that");
  }

  @Test
  void onePictureServesManyQuestionsAndOneQuestionManyPictures() {
    Path other = IMAGES.resolve("scene-2.png");
    assertThat(ask("--question", "how many rings are there?", "--format", "json").answer().lines())
        .hasSize(2)
        .first()
        .isEqualTo(ask("--format", "json").answer().strip());
    List<String> replies = ask("--image", other, "--format", "json").answer().lines().toList();
    assertThat(replies).hasSize(2);
    assertThat(replies.get(1).replace("\"id\":\"2\"", "\"id\":\"1\""))
        .isEqualTo(
            run("vqa", "--image", other, "--question", QUESTION, "--format", "json")
                .answer()
                .strip());
    assertThat(ask("--question", "x", "--image", other, SCENE).refusal(2))
        .contains("3 pictures and 2 texts");
    assertThat(run("nlvr2", "--image", SCENE, "--statement", "x").refusal(2))
        .contains("takes 2 for each text");
  }

  @Test
  void givesTheSameBitsOnAnyNumberOfThreads() {
    assertThat(ask("--format", "json", "--threads", 1).answer())
        .isEqualTo(ask("--format", "json", "--threads", 3).answer());
  }

  @Test
  void notesThatATextWasTruncated() {
    Cli.Result result = ask("--question", "is there a ring ".repeat(20) + "?");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isNotEmpty();
    assertThat(result.err().strip())
        .isEqualTo(
            "visualbert run: note: text 2 is longer than the model can read; its end was cut off");
  }

  @Test
  void notesThatTheModelDoesNotNameItsAnswers() throws IOException {
    Path model = Cli.copy(Cli.DEMO.resolve("vqa"), folder.resolve("model"));
    String config = Cli.read(model.resolve("config.json"));
    int begin = config.indexOf("\"id2label\"");
    int end = config.indexOf('}', begin);
    StringBuilder labels = new StringBuilder("\"id2label\": {");
    for (int i = 0; i < 35; i++) {
      labels.append(i == 0 ? "" : ",").append("\"%d\": \"LABEL_%d\"".formatted(i, i));
    }
    Cli.write(
        model.resolve("config.json"), config.substring(0, begin) + labels + config.substring(end));
    Cli.Result result = ask("--model", model, "--top-k", 1);
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("LABEL_");
    assertThat(result.err().strip()).contains("note: ", "--labels").doesNotContain("\n");

    JsonObject names = Json.parseObject(Files.readAllBytes(Cli.DEMO.resolve("vqa/config.json")));
    List<String> lines = new ArrayList<>();
    names
        .getObject("id2label")
        .members()
        .forEach((key, name) -> lines.add(names.getObject("id2label").getString(key)));
    Path file = Files.write(folder.resolve("labels.txt"), lines);
    assertThat(ask("--model", model, "--labels", file, "--format", "json").answer())
        .isEqualTo(ask("--format", "json").answer());
    Files.write(file, lines.subList(0, 34));
    assertThat(ask("--labels", file).refusal(4)).contains("34 labels", "35 classes");
    assertThat(ask("--labels", folder.resolve("none")).refusal(4)).contains("none");
  }

  @Test
  void followsAPreset() {
    JsonObject hf = (JsonObject) Json.parse(ask("--preset", "hf", "--format", "json").answer());
    JsonObject authors =
        (JsonObject) Json.parse(ask("--preset", "authors", "--format", "json").answer());
    assertThat(authors.getArray("answers").getObject(0).getString("label")).isEqualTo("blue");
    assertThat(authors.getArray("answers").getObject(0).getDouble("score"))
        .isNotEqualTo(hf.getArray("answers").getObject(0).getDouble("score"));
    assertThat(ask("--preset", "mmf").refusal(2)).contains("'mmf'", "authors or hf");
  }

  @Test
  void writesVectors() throws IOException {
    Path safetensors = folder.resolve("v.safetensors");
    Object[] inputs = {"--features", FEATURES, "--text", "a cat", "--text", "a large cat"};
    assertThat(encode(inputs, "--output", safetensors).answer().strip())
        .isEqualTo("2 vectors in " + safetensors);
    float[] pooled;
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(safetensors, arena)) {
      assertThat(source.names()).containsExactly("pooler_output");
      assertThat(source.tensor("pooler_output").shape()).containsExactly(2, 128);
      assertThat(source.tensor("pooler_output").dtype()).isEqualTo(DType.F32);
      pooled = source.tensor("pooler_output").toFloatArray();
    }
    JsonObject json =
        (JsonObject)
            Json.parse(
                encode(inputs, "--format", "json").answer().lines().findFirst().orElseThrow());
    assertThat(json.keys()).containsExactly("id", "task", "pooler_output");
    assertThat((float) json.getArray("pooler_output").getDouble(5)).isEqualTo(pooled[5]);

    Path npy = folder.resolve("v.npy");
    encode(inputs, "--output", npy).answer();
    assertThat(FeatureFile.read(npy).toArray()).isEqualTo(pooled);

    encode(inputs, "--last-hidden-state", "--output", safetensors).answer();
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(safetensors, arena)) {
      assertThat(source.tensor("last_hidden_state.0").shape()).containsExactly(4 + 16, 128);
      assertThat(source.tensor("last_hidden_state.1").size(0))
          .isGreaterThan(source.tensor("last_hidden_state.0").size(0));
    }
    byte[] before = Files.readAllBytes(npy);
    assertThat(encode(inputs, "--last-hidden-state", "--output", npy).refusal(3))
        .contains("a .npy file holds one array");
    assertThat(Files.readAllBytes(npy)).isEqualTo(before);
    encode(Arrays.copyOf(inputs, 4), "--last-hidden-state", "--output", npy).answer();
    assertThat(FeatureFile.read(npy).regions()).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vqa", "nlvr2", "multiple-choice", "region-to-phrase", "pretraining"})
  void writesVectorsOfAnyHead(String model) {
    String answer =
        run("encode", "--model", Cli.DEMO.resolve(model), "--image", SCENE, "--text", "a ring")
            .answer();
    assertThat(answer).contains("pooler_output");
  }

  private static Cli.Result encode(Object[] inputs, Object... more) {
    List<Object> args = new ArrayList<>(List.of(inputs));
    args.addAll(List.of(more));
    return run("encode", args.toArray());
  }

  @Test
  void refusesWrongUsage() {
    assertThat(run("paint").refusal(2)).contains("vqa, nlvr2, vcr, flickr, pretrain or encode");
    assertThat(Cli.run("run").refusal(2)).contains("--task");
    assertThat(run("vqa", "--question", "x").refusal(2)).contains("--image or by --features");
    assertThat(ask("--features", FEATURES).refusal(2)).contains("--image or by --features");
    assertThat(run("vqa", "--image", SCENE).refusal(2)).contains("expected a text");
    assertThat(ask("--imagee", SCENE).refusal(2)).contains("--imagee", "did you mean --image");
    assertThat(ask("--format", "xml").refusal(2)).contains("expected text or json");
    assertThat(ask("--top-k", 0).refusal(2)).contains("--top-k is 0");
    assertThat(ask("--top-k", "many").refusal(2)).contains("'many'");
    assertThat(ask("--threads", 0).refusal(2)).contains("--threads is 0");
    assertThat(ask("--provider", "gpu").refusal(2)).contains("'gpu'");
    assertThat(ask("--choice", "x").refusal(2)).contains("--task vcr");
    assertThat(ask("--phrase", "x").refusal(2)).contains("--task flickr");
    assertThat(ask("--output", folder.resolve("x.npy")).refusal(2)).contains("--task encode");
    assertThat(run("vcr", "--image", SCENE, "--question", "x").refusal(2)).contains("--choice");
    assertThat(run("flickr", "--image", SCENE, "--text", "x").refusal(2)).contains("--phrase");
    Object[] input = {"--features", FEATURES, "--text", "x"};
    assertThat(encode(input, "--output", folder.resolve("x.txt")).refusal(2)).contains(".npy");
    assertThat(encode(input, "--output", folder.resolve("no/x.npy")).refusal(2))
        .contains("there is no folder");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesBadInput() throws IOException {
    assertThat(run("vqa", "--image", folder.resolve("no.png"), "--question", "x").refusal(3))
        .contains("no.png: expected a picture, found no such file");
    byte[] png = Files.readAllBytes(SCENE);
    png[png.length / 2] ^= 1;
    Path broken = Files.write(folder.resolve("broken.png"), png);
    assertThat(run("vqa", "--image", broken, "--question", "x").refusal(3)).contains("broken.png");
    assertThat(run("vqa", "--image", FEATURES, "--question", "x").refusal(3))
        .contains("scene-1.npy: expected a PNG or JPEG");
    assertThat(run("vqa", "--image", SCENE, "--question", " ").refusal(3))
        .contains("the question is empty");
    assertThat(run("flickr", "--image", SCENE, "--text", "a cat", "--phrase", "dog").refusal(3))
        .contains("\"a cat\"", "\"dog\"");
    assertThat(
            run("vcr", "--image", SCENE, "--question", "x", "--choice", "a", "--choice", "")
                .refusal(3))
        .contains("choice is empty");
    Path narrow = folder.resolve("narrow.safetensors");
    new SafetensorsWriter().add("visual_embeds", Tensor.of(new float[8], 2, 4)).write(narrow);
    assertThat(run("vqa", "--features", narrow, "--question", "x").refusal(3))
        .contains("narrow.safetensors", "4 columns", "196");
    float[] numbers = new float[196];
    numbers[7] = Float.NaN;
    Path nan = folder.resolve("nan.safetensors");
    new SafetensorsWriter().add("visual_embeds", Tensor.of(numbers, 1, 196)).write(nan);
    assertThat(run("vqa", "--features", nan, "--question", "x").refusal(3))
        .contains("nan.safetensors", "NaN", "column 7");
    assertThat(run("vqa", "--features", SCENE, "--question", "x").refusal(3))
        .contains("scene-1.png: expected region features");
  }

  @Test
  void refusesBadModels() throws IOException {
    assertThat(ask("--model", folder.resolve("no")).refusal(4)).contains("found no such folder");
    assertThat(ask("--model", SCENE).refusal(4)).contains("found a file");
    assertThat(ask("--model", folder).refusal(4)).contains("model.safetensors");
    assertThat(ask("--model", Cli.DEMO.resolve("nlvr2")).refusal(4))
        .contains("VisualBertForVisualReasoning", "task vqa", "VisualBertForQuestionAnswering");

    Path model = Cli.copy(Cli.DEMO.resolve("vqa"), folder.resolve("model"));
    Path config = model.resolve("config.json");
    String good = Cli.read(config);
    Cli.write(config, good.replace("\"hidden_size\": 128", "\"hidden_size\": 132"));
    assertThat(ask("--model", model).refusal(4)).contains("132", "128");
    Cli.write(config, good.replace("\"hidden_size\": 128", "\"hidden_size\": 130"));
    assertThat(ask("--model", model).refusal(4)).contains("config.json", "num_attention_heads");
    Cli.write(config, good.replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 5"));
    assertThat(ask("--model", model).refusal(4))
        .contains(": 16 missing: ", "layer.4.attention.self.query.weight", " and 11 more");
    Cli.write(config, good.replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 3"));
    assertThat(ask("--model", model).refusal(4)).contains("16 unexpected: ");
    Cli.write(config, good);
    ask("--model", model).answer();
    Files.delete(model.resolve("vocab.txt"));
    assertThat(ask("--model", model).refusal(4)).contains("vocab.txt");
    Files.delete(model.resolve("model.safetensors"));
    assertThat(ask("--model", model).refusal(4)).contains("model.safetensors");
  }

  @Test
  void warnsOfTensorsThatItDoesNotUse() throws IOException {
    Path model = Cli.copy(CHECKPOINTS.resolve("tiny"), folder.resolve("model"));
    Cli.Result plain = ask("--model", model);
    Files.copy(
        CHECKPOINTS.resolve("pos-weight.safetensors"),
        model.resolve("model.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    Cli.Result result = ask("--model", model);
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).isEqualTo(plain.answer());
    assertThat(result.err())
        .isEqualToNormalizingNewlines(
            "visualbert run: warning: not used, as no part of a VisualBERT: 1 tensor:"
                + " \"loss_fct.pos_weight\"\n");
  }

  @Test
  void saysHowManyLabelsTheModelHas() {
    Path model = Cli.copy(CHECKPOINTS.resolve("tiny"), folder.resolve("model"));
    Path config = model.resolve("config.json");
    String two = "\"id2label\": {\"0\": \"no\", \"1\": \"yes\"}";
    Cli.write(config, Cli.read(config).replaceFirst("(?s)\"id2label\": \\{.*?}", two));
    assertThat(ask("--model", model).refusal(ExitCode.BAD_MODEL))
        .endsWith(
            "model.safetensors: does not fit the model: config.json names 2 labels, the weights"
                + " have 35 (cls.weight); give it an id2label of 35 names, or \"num_labels\": 35"
                + " and no id2label");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-3 degrees?", "-x", "-", "@x", "--what is it"})
  void aTextMayBeginWithADash(String text) {
    for (String option : new String[] {"--question", "--text", "--statement"}) {
      String answer = run("vqa", "--image", SCENE, option, text).answer();
      assertThat(answer).startsWith(SCENE + ": " + text);
      assertThat(run("vqa", "--image", SCENE, option + "=" + text).answer()).isEqualTo(answer);
    }
    assertThat(
            run("vcr", "--image", SCENE, "--question", text, "--choice", text, "--choice", "a")
                .answer())
        .contains("  " + text);
    assertThat(run("pretrain", "--image", SCENE, "--text", text, "--top-k", 1).answer())
        .contains(text);
  }

  @Test
  void triesTheNeededHeadIfTheConfigNamesNone() {
    Path model = Cli.copy(Cli.DEMO.resolve("vqa"), folder.resolve("model"));
    Path config = model.resolve("config.json");
    Cli.write(
        config,
        Cli.read(config).replaceFirst("\"architectures\": \\[[^]]*]", "\"architectures\": []"));
    assertThat(ask("--model", model).answer()).isEqualTo(ask().answer());
  }

  @Test
  void verbosePrintsTheStackTrace() {
    Cli.Result result =
        run("vqa", "--verbose", "--image", folder.resolve("no.png"), "--question", "x");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err())
        .contains("no.png: expected a picture, found no such file", "\tat io.github.visualbert.");
  }

  @Test
  void picturesAreNotDownloaded() {
    for (String url : List.of("https://example.org/a.png", "file:///a.png")) {
      assertThat(
              Cli.run("run", "--task", "vqa", "--image", url, "--question", "a?")
                  .refusal(ExitCode.BAD_INPUT))
          .isEqualTo(
              "visualbert run: "
                  + url
                  + ": expected the path of a file, found a URL; "
                  + (url.startsWith("file") ? "give its path without file:" : "download it first"));
    }
  }
}
