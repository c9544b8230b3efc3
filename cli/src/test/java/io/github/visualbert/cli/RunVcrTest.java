package io.github.visualbert.cli;

import static io.github.visualbert.cli.VcrFiles.IMAGES;
import static io.github.visualbert.cli.VcrFiles.INPUT;
import static io.github.visualbert.cli.VcrFiles.MODEL;
import static io.github.visualbert.cli.VcrFiles.lines;
import static io.github.visualbert.cli.VcrFiles.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.detect.GivenRegions;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.task.Answer;
import io.github.visualbert.task.TaggedQuestion;
import io.github.visualbert.task.VcrItem;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VCR's own annotations in, answers out; what they are asked is held to a computation in core. */
class RunVcrTest {
  private static final String TOO_LONG =
      "line 18: the question has 126 tokens, expected at most 125, which leave room for the"
          + " choices";

  @TempDir private Path folder;

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
    Path blind = VcrFiles.blind(folder);
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
}
