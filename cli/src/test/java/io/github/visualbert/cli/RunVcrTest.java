package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.detect.GivenRegions;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.task.Answer;
import io.github.visualbert.task.TaggedQuestion;
import io.github.visualbert.task.VcrItem;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VCR's own annotations in, answers out; what they are asked is held to a computation in core. */
class RunVcrTest {
  private static final Path MODEL = Cli.TESTDATA.resolve("vcr");
  private static final Path IMAGES = MODEL.resolve("images");
  private static final Path INPUT = MODEL.resolve("val.jsonl");
  private static final String TOO_LONG =
      "line 18: the question has 126 tokens, expected at most 125, which leave room for the"
          + " choices";

  @TempDir private Path folder;

  private static Cli.Result run(Object... arguments) {
    List<Object> all =
        new ArrayList<>(List.of("run", "--task", "vcr", "--provider", "scalar", "--threads", 1));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  private static Cli.Result run(Path model, Path input, Path output) {
    return run("--model", model, "--input", input, "--images", IMAGES, "--output", output);
  }

  private static List<JsonObject> lines(Path file) {
    return Cli.read(file).lines().map(Json::parse).map(JsonObject.class::cast).toList();
  }

  /** Some of the questions, since each is looked at on a canvas of full size. */
  private Path some(int... numbers) {
    List<String> all = Cli.read(INPUT).lines().toList();
    StringBuilder text = new StringBuilder();
    for (int number : numbers) {
      text.append(all.get(number)).append('\n');
    }
    return Cli.write(folder.resolve("some.jsonl"), text.toString());
  }

  @Test
  void answersFromAnnotationsToTheMetric() {
    Path answers = folder.resolve("answers.jsonl");
    Path rationales = folder.resolve("rationales.jsonl");
    run(MODEL, INPUT, answers).answer();
    Cli.Result explained =
        run(
            "--model",
            MODEL,
            "--input",
            INPUT,
            "--images",
            IMAGES,
            "--rationales",
            "--output",
            rationales);
    assertThat(explained.refusal(ExitCode.BAD_INPUT)).endsWith(INPUT + ": " + TOO_LONG);
    List<JsonObject> annotations = lines(INPUT);
    long[] right = new long[3];
    try (VisualBert model = VisualBert.builder(MODEL).provider("scalar").threads(1).open();
        VcrTower tower = VcrTower.builder(MODEL).provider("scalar").threads(1).open()) {
      for (int i = 0; i < annotations.size(); i++) {
        JsonObject annotation = annotations.get(i);
        boolean answered = compare(model, tower, annotation, lines(answers).get(i), false);
        boolean justified = compare(model, tower, annotation, lines(rationales).get(i), true);
        right[0] += answered ? 1 : 0;
        right[1] += justified ? 1 : 0;
        right[2] += answered && justified ? 1 : 0;
      }
    }
    String scores =
        Cli.run(
                "evaluate",
                "--task",
                "vcr",
                "--predictions",
                answers,
                "--rationales",
                rationales,
                "--annotations",
                INPUT,
                "--allow-missing")
            .answer();
    assertThat(scores)
        .containsPattern("Q->A +%.2f +20".formatted(5.0 * right[0]))
        .containsPattern("QA->R +%.2f +20".formatted(5.0 * right[1]))
        .containsPattern("Q->AR +%.2f +20".formatted(5.0 * right[2]))
        .contains("1 not predicted");
  }

  /** Compares a reply with what the library says, and returns whether it is the right choice. */
  private static boolean compare(
      VisualBert model,
      VcrTower tower,
      JsonObject annotation,
      JsonObject reply,
      boolean rationales) {
    String id = annotation.getString("annot_id");
    assertThat(reply.getString("id")).isEqualTo(id);
    if (rationales && id.equals("val-17")) {
      assertThat(reply.getString("error")).isEqualTo(TOO_LONG);
      return false;
    }
    VcrItem item =
        VcrItem.parse(
            new JsonWriter().value(annotation).toString().getBytes(StandardCharsets.UTF_8), id);
    Path metadata = IMAGES.resolve(annotation.getString("metadata_fn"));
    VisualFeatures picture =
        tower.look(
            Picture.read(IMAGES.resolve(annotation.getString("img_fn"))),
            GivenRegions.parse(Cli.read(metadata).getBytes(StandardCharsets.UTF_8), id)
                .using(item.regions()));
    TaggedQuestion question = rationales ? item.rationales(picture) : item.answers(picture);
    List<Answer> expected = model.multipleChoice().choose(List.of(question)).getFirst().answers();
    for (int i = 0; i < expected.size(); i++) {
      JsonObject answer = reply.getArray("answers").getObject(i);
      assertThat(answer.getInt("index")).as(id).isEqualTo(expected.get(i).index());
      assertThat(answer.getString("label")).as(id).isEqualTo(expected.get(i).label());
      assertThat(answer.getDouble("score")).as(id).isEqualTo(expected.get(i).score());
    }
    return expected.getFirst().index()
        == annotation.getInt(rationales ? "rationale_label" : "answer_label");
  }

  @Test
  void aConvertedCheckpointKeepsItsEyes() {
    Path some = some(0, 8);
    Path expected = folder.resolve("expected.jsonl");
    run(MODEL, some, expected).answer();
    Path converted = folder.resolve("converted");
    Cli.run("convert", MODEL, converted).answer();
    Path output = folder.resolve("output.jsonl");
    run(converted, some, output).answer();
    assertThat(Cli.read(output)).isEqualTo(Cli.read(expected));
    Path half = folder.resolve("half");
    Cli.run("convert", MODEL, half, "--dtype", "f16").answer();
    run(half, some, output).answer();
    for (int i = 0; i < 2; i++) {
      assertThat(lines(output).get(i).getArray("answers").getObject(0).getInt("index"))
          .isEqualTo(lines(expected).get(i).getArray("answers").getObject(0).getInt("index"));
    }
  }

  @Test
  void aCheckpointWithoutEyesBorrowsThoseOfAnother() throws IOException {
    Path blind = blind();
    Path some = some(1);
    Path output = folder.resolve("output.jsonl");
    assertThat(run(blind, some, output).refusal(ExitCode.BAD_MODEL))
        .endsWith(
            blind.resolve("model.safetensors")
                + ": expected VCR's tower, tensors detector.…, found none; the authors' .th file"
                + " has it, conversions for transformers leave it out");
    Path expected = folder.resolve("expected.jsonl");
    run(MODEL, some, expected).answer();
    run(
            "--model",
            blind,
            "--detector",
            MODEL,
            "--input",
            some,
            "--images",
            IMAGES,
            "--output",
            output)
        .answer();
    assertThat(Cli.read(output)).isEqualTo(Cli.read(expected));
    assertThat(
            run(
                    "--model",
                    Cli.DEMO.resolve("multiple-choice"),
                    "--detector",
                    MODEL.resolve("model.th"),
                    "--input",
                    some,
                    "--images",
                    IMAGES,
                    "--output",
                    output)
                .refusal(ExitCode.BAD_MODEL))
        .endsWith("the tower's features have 16 columns, the model's visual_embedding_dim is 196");
  }

  /** Leaves the tower out, as the conversion for transformers does. */
  private Path blind() throws IOException {
    Path blind = folder.resolve("blind");
    Files.createDirectories(blind);
    for (String name : List.of("config.json", "vocab.txt")) {
      Files.copy(MODEL.resolve(name), blind.resolve(name));
    }
    spoil(blind.resolve("model.safetensors"), "detector.");
    return blind;
  }

  private static final String METADATA =
      """
      {"boxes": [[10, 10, 60, 60, 0.9], [20, 5, 90, 99, 0.8]], "names": ["person", "car"],
       "segms": [[[[10, 10], [60, 10], [60, 60]]], [[[20, 5], [90, 5], [50, 99]]]],
       "width": 100, "height": 100}
      """;

  private static final String ANNOTATION =
      """
      {"objects": ["person", "car"], "question": ["Is", [0], "in", [1], "?"],\
       "answer_choices": [["Yes"], ["No"]], "rationale_choices": [["It", "is"], [[0], "is"]],\
       "answer_label": 0, "img_fn": "desk.png", "metadata_fn": "NAME", "annot_id": "ID"}
      """;

  /** What is changed in a line and in its metadata, and how the row is answered. */
  private record Spoilt(
      String old, String changed, String oldData, String changedData, String error) {
    static Spoilt line(String old, String changed, String error) {
      return new Spoilt(old, changed, "", "", error);
    }

    static Spoilt data(String old, String changed, String error) {
      return new Spoilt("", "", old, changed, error);
    }
  }

  private static final List<Spoilt> SPOILT =
      List.of(
          Spoilt.line("", "", null),
          Spoilt.line(
              "[1]", "[2]", "question[3][0]: expected the number of an object, 0 to 1, found 2"),
          Spoilt.line("\"?\"]", "\"?\"", "expected ',' or ']', found ':' at column"),
          Spoilt.line(
              "\"answer_choices\"",
              "\"answers\"",
              "answer_choices: expected an array, found nothing"),
          Spoilt.line("desk.png", "none.png", "none.png: expected a picture, found no such file"),
          Spoilt.line(
              "desk.png", "http://host/desk.png", "expected the path of a file, found a URL"),
          Spoilt.line(
              "\"NAME\"",
              "\"none.json\"",
              "none.json: expected the metadata of a picture, found no such file"),
          Spoilt.line(
              "\"NAME\"",
              "\"desk.png\"",
              "desk.png: expected the metadata of a picture, found a PNG"),
          Spoilt.line(
              "\"car\"", "\"dog\"", ": object 1 is \"car\", expected \"dog\" as in the question"),
          Spoilt.line(
              "\"person\", ",
              "\"person\", \"dog\", ",
              ": expected the 3 objects of the question, found 2"),
          Spoilt.data(
              "{\"boxes\"", "{boxes", "expected a key or '}', found 'b' at line 1, column 2"),
          Spoilt.data(
              "60, 60, 0.9",
              "160, 60, 0.9",
              "desk.png: region 0: expected a box within the picture of 100 x 100 pixels, found"
                  + " [10.0, 10.0, 160.0, 60.0, 0.9]"),
          Spoilt.data("[20, 5, 90", "[-1, 5, 90", "region 1: expected a box within the picture"),
          Spoilt.data("[20, 5, 90", "[90, 5, 90", "region 1: expected a box within the picture"),
          Spoilt.data(
              "[20, 5, 90, 99, 0.8]",
              "[20, 5, 90]",
              "boxes[1]: expected at least 4 numbers, found an array of 3"),
          Spoilt.data(
              "[[[20, 5], [90, 5], [50, 99]]]", "[]", "region 1: expected polygons, found none"),
          Spoilt.data(
              "[[[20, 5], [90, 5], [50, 99]]]",
              "[[]]",
              "region 1: expected points in each polygon, found one of none"),
          Spoilt.data(
              ", [[[20, 5], [90, 5], [50, 99]]]",
              "",
              "expected polygons and a name for each box, found 2 boxes, 1 times polygons, 2"
                  + " names"),
          Spoilt.data(
              "[50, 99]",
              "[50]",
              "segms[1][0][2]: expected at least 2 numbers, found an array of 1"),
          Spoilt.data(
              "\"width\": 100", "\"width\": 640", "has boxes of a picture of 640 x 100 pixels"),
          Spoilt.data("\"height\": 100", "\"height\": 64", "desk.png has 100 x 100"),
          new Spoilt(
              "\"car\"",
              "\"wheel\"",
              "\"car\"",
              "\"wheel\"",
              "region 1: expected a class of COCO without blanks, such as person or tennisracket,"
                  + " found \"wheel\""),
          Spoilt.line("", "", null));

  @Test
  void eachInvalidRowIsAnsweredWithItsError() throws IOException {
    Path images = folder.resolve("images");
    Files.createDirectories(images);
    Files.copy(IMAGES.resolve("film_d/desk.png"), images.resolve("desk.png"));
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < SPOILT.size(); i++) {
      Spoilt spoilt = SPOILT.get(i);
      Cli.write(
          images.resolve(i + ".json"), METADATA.replace(spoilt.oldData(), spoilt.changedData()));
      rows.append(
          ANNOTATION
              .replace(spoilt.old(), spoilt.changed())
              .replace("NAME", i + ".json")
              .replace("ID", "a-" + i));
    }
    rows.append(crowd(images, "crowd"));
    Path input = Cli.write(folder.resolve("in.jsonl"), rows.toString());
    Path output = folder.resolve("out.jsonl");
    Cli.Result result =
        run("--model", MODEL, "--input", input, "--images", images, "--output", output);
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    List<JsonObject> replies = lines(output);
    assertThat(replies).hasSize(SPOILT.size() + 1);
    SoftAssertions all = new SoftAssertions();
    for (int i = 0; i < SPOILT.size(); i++) {
      String expected = SPOILT.get(i).error();
      JsonObject reply = replies.get(i);
      all.assertThat(reply.has("error")).as("row %d", i).isEqualTo(expected != null);
      if (expected != null) {
        String error = reply.getString("error", "none");
        all.assertThat(error).startsWith("line " + (i + 1) + ": ").contains(expected);
        all.assertThat(result.err()).contains(input + ": " + error);
        boolean parsed = !error.contains("column") || error.contains(".json");
        all.assertThat(reply.getString("id")).isEqualTo(parsed ? "a-" + i : "" + (i + 1));
      }
    }
    all.assertThat(replies.getLast().getString("error"))
        .contains("desk.png: 1025 boxes, expected at most 1024");
    all.assertAll();
  }

  /** Writes a picture of more persons than there is room for, and returns a line about everyone. */
  private static String crowd(Path images, String name) {
    int persons = GivenRegions.MOST + 1;
    String metadata =
        "{\"boxes\": [%s], \"segms\": [%s], \"names\": [%s]}"
            .formatted(
                repeated("[1, 1, 50, 50, 1]", persons),
                repeated("[[[1, 1], [50, 1], [50, 50]]]", persons),
                repeated("\"person\"", persons));
    Cli.write(images.resolve(name + ".json"), metadata);
    return ANNOTATION
        .replace("[\"person\", \"car\"]", "[" + repeated("\"person\"", persons) + "]")
        .replace("[\"Is\", [0]", "[\"Is\", \"everyone\"")
        .replace("NAME", name + ".json");
  }

  private static String repeated(String text, int count) {
    return String.join(", ", Collections.nCopies(count, text));
  }

  @Test
  void rationalesNeedTheRightAnswer() {
    String line = Cli.read(INPUT).lines().findFirst().orElseThrow();
    Path input =
        Cli.write(folder.resolve("test.jsonl"), line.replace("\"answer_label\": 1, ", "") + "\n");
    Path output = folder.resolve("out.jsonl");
    assertThat(
            run(
                    "--model",
                    MODEL,
                    "--input",
                    input,
                    "--images",
                    IMAGES,
                    "--rationales",
                    "--output",
                    output)
                .refusal(ExitCode.BAD_INPUT))
        .endsWith(
            "line 1: answer_label: expected the right answer, given which a rationale is chosen,"
                + " found none");
    run(MODEL, input, output).answer();
  }

  @Test
  void resumesARunOfTheSameOptionsOnly() {
    Path input = some(0, 1, 17, 2);
    Path output = folder.resolve("out.jsonl");
    Object[] options = {
      "--model", MODEL, "--input", input, "--images", IMAGES, "--resume", "--output", output
    };
    assertThat(run(join(options, "--rationales", "--fail-fast")).exitCode())
        .isEqualTo(ExitCode.BAD_INPUT);
    assertThat(lines(folder.resolve("out.jsonl.partial"))).hasSize(2);
    assertThat(run(options).refusal(ExitCode.BAD_INPUT))
        .contains("belongs to another run: --rationales was true, is false");
    assertThat(run(join(options, "--rationales")).exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(lines(output).stream().map(line -> line.getString("id")))
        .containsExactly("val-0", "val-1", "val-17", "val-2");
  }

  private static Object[] join(Object[] some, Object... more) {
    List<Object> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray();
  }

  @Test
  void refusesOptionsThatDoNotGoTogether() {
    Path output = folder.resolve("out.jsonl");
    Object[] batch = {"--model", MODEL, "--input", INPUT, "--output", output};
    SoftAssertions all = new SoftAssertions();
    all.assertThat(run(join(batch, "--rationales")).err())
        .contains("--rationales goes with --images");
    all.assertThat(run("--images", IMAGES, "--question", "why?").err())
        .contains("--images goes with --task vcr or flickr, and --input");
    all.assertThat(Cli.runTask("vqa", join(batch, "--images", IMAGES)).err())
        .contains("--images goes with --task vcr or flickr, and --input");
    all.assertThat(run(join(batch, "--images", INPUT)).err())
        .contains("--images " + INPUT + ": expected a folder");
    all.assertThat(
            run("--input", "a.arrow", "--output", output, "--images", IMAGES, "--model", MODEL)
                .err())
        .contains("--images goes with JSON lines, found --input a.arrow");
    all.assertThat(run(join(batch, "--images", IMAGES, "--feature-cache", folder)).err())
        .contains("--feature-cache keeps the regions that a detector finds");
    all.assertThat(run(batch).err())
        .contains("line 1: question: expected a string, found the words and tags of VCR's");
    all.assertAll();
  }

  /** The tower of a checkpoint is told of, alone and beside its model, and is no detector. */
  @Test
  void otherCommandsKnowTheTower() throws IOException {
    String text = Cli.run("inspect", MODEL).answer();
    assertThat(text)
        .containsPattern("model +VisualBertForMultipleChoice")
        .containsPattern(
            "tower +vcr: ResNet of 3 \\+ 4 \\+ 6 \\+ 3 blocks, 16 channels of features")
        .containsPattern("fits +yes");
    JsonObject json =
        (JsonObject) Json.parse(Cli.run("inspect", MODEL, "--format", "json").answer());
    assertThat(json.getObject("tower").getString("kind")).isEqualTo("vcr");
    assertThat(json.getObject("tower").getInt("columns")).isEqualTo(16);
    Path alone = folder.resolve("alone");
    Files.createDirectories(alone);
    spoil(alone.resolve("model.safetensors"), "bert.");
    assertThat(Cli.run("inspect", alone).answer()).containsPattern("tower +vcr: ResNet of 3");
    Path broken = folder.resolve("broken");
    Files.createDirectories(broken);
    spoil(broken.resolve("model.safetensors"), "detector.mask");
    Cli.Result misfit = Cli.run("inspect", broken);
    assertThat(misfit.exitCode()).isEqualTo(ExitCode.BAD_MODEL);
    assertThat(misfit.err()).contains("2 missing: detector.mask_upsample.weight");

    assertThat(Cli.run("doctor", "--detector", alone).answer())
        .containsPattern("tower +vcr: ResNet of 3")
        .contains("beside the weights for a picture with 10 regions");
    json =
        (JsonObject)
            Json.parse(Cli.run("doctor", "--detector", MODEL, "--format", "json").answer());
    assertThat(json.getObject("detector").getObject("memory").getLong("bytes")).isPositive();

    for (Path tower : List.of(alone, MODEL)) {
      assertThat(
              Cli.run("detect", "--detector", tower, "--image", IMAGES.resolve("film_d/desk.png"))
                  .refusal(ExitCode.BAD_MODEL))
          .endsWith(
              tower
                  + ": holds VCR's tower, which looks at given regions instead of finding some:"
                  + " open it with VcrTower, or answer VCR's annotations with run --task vcr"
                  + " --images DIR");
    }
  }

  /** Copies the weights without some. */
  private static void spoil(Path file, String without) throws IOException {
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(MODEL, arena)) {
      SafetensorsWriter weights = new SafetensorsWriter();
      for (String name : source.names()) {
        if (!name.startsWith(without)) {
          weights.add(name, source.tensor(name));
        }
      }
      weights.write(file);
    }
  }
}
