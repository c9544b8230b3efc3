package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.task.PhraseGrounding.GroundedPhrase;
import io.github.visualbert.task.PhraseGrounding.Phrase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flickr30k Entities from its published files to its metric. */
class RunFlickrTest {
  private static final Path PICTURE = TinyDetector.image("butd_small");

  @TempDir private Path folder;
  private Path entities;
  private Path images;
  private Path detector;
  private Path model;
  private Detection detection;

  @BeforeEach
  void publish() throws IOException {
    detector = TinyDetector.publish("butd_small", folder);
    model = TinyModel.write(folder.resolve("flickr"), HeadType.REGION_TO_PHRASE, 72 + 6);
    try (RegionDetector opened =
        DetectorFolder.require(detector).builder().provider("scalar").open()) {
      detection = opened.detect(PICTURE);
    }
    images = Files.createDirectory(folder.resolve("images"));
    Files.copy(PICTURE, images.resolve("111.jpg"));
    Files.copy(PICTURE, images.resolve("222.png"));
    entities = folder.resolve("Flickr30kEntities");
    sentences(
        "111",
        "[/EN#1/people A man] sees [/EN#2/clothing/other the hat] and [/EN#1/people a man] .");
    sentences(
        "222",
        """
        Nobody is here .

        [/EN#7/scene The street] is red .
        """);
    annotations("111", 1, 2, 0);
    annotations("222", 7, 7, 3);
  }

  private void sentences(String image, String text) throws IOException {
    Path file = entities.resolve("Sentences").resolve(image + ".txt");
    Files.createDirectories(file.getParent());
    Cli.write(file, text);
  }

  /** Writes two entities, the first of which is where a region is. */
  private void annotations(String image, int one, int other, int region) throws IOException {
    Region found = detection.regions().get(region);
    Path file = entities.resolve("Annotations").resolve(image + ".xml");
    Files.createDirectories(file.getParent());
    Cli.write(
        file,
        """
        <annotation><size><width>%d</width><height>%d</height><depth>3</depth></size>
        <object><name>%d</name><bndbox><xmin>%d</xmin><ymin>%d</ymin><xmax>%d</xmax><ymax>%d</ymax></bndbox></object>
        <object><name>%d</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></object>
        </annotation>
        """
            .formatted(
                detection.width(),
                detection.height(),
                one,
                Math.round(found.x1()),
                Math.round(found.y1()),
                Math.round(found.x2()),
                Math.round(found.y2()),
                other));
  }

  private Cli.Result run(Object... more) {
    List<Object> all = new ArrayList<>(List.of("run", "--task", "flickr", "--provider", "scalar"));
    all.addAll(List.of("--model", model, "--detector", detector, "--images", images));
    all.addAll(List.of("--top-k", 10));
    all.addAll(List.of(more));
    return Cli.run(all.toArray());
  }

  private static List<JsonObject> lines(Path file) {
    return Cli.read(file).lines().map(line -> Json.parseObject(line.getBytes())).toList();
  }

  @Test
  void asksForEveryMarkedPhrase() {
    Path output = folder.resolve("regions.jsonl");
    run("--input", entities, "--output", output).answer();
    List<JsonObject> replies = lines(output);
    assertThat(replies.stream().map(reply -> reply.getString("id")))
        .containsExactly("111#0", "222#1"); // and none for a caption without a marked phrase
    String caption = "A man sees the hat and a man .";
    List<Phrase> phrases = List.of(new Phrase(0, 5), new Phrase(11, 18), new Phrase(23, 28));
    try (VisualBert opened = VisualBert.builder(model).provider("scalar").open()) {
      List<GroundedPhrase> expected =
          opened.phraseGrounding().ground(caption, phrases, opened.regions(detection), 10);
      JsonArray answers = replies.getFirst().getArray("answers");
      int at = 0;
      for (GroundedPhrase phrase : expected) {
        for (var answer : phrase.regions().answers()) {
          JsonObject found = answers.getObject(at++);
          assertThat(found.getString("phrase")).isEqualTo(phrase.text());
          assertThat(found.getInt("region")).isEqualTo(answer.index());
          assertThat(found.getDouble("score")).isEqualTo(answer.score());
          Region region = detection.regions().get(answer.index());
          JsonArray box = found.getArray("box");
          assertThat((float) box.getDouble(0)).isEqualTo(region.x1() / detection.width());
          assertThat((float) box.getDouble(1)).isEqualTo(region.y1() / detection.height());
          assertThat((float) box.getDouble(2)).isEqualTo(region.x2() / detection.width());
          assertThat((float) box.getDouble(3)).isEqualTo(region.y2() / detection.height());
        }
      }
      assertThat(at).isEqualTo(answers.size()).isEqualTo(3 * detection.regions().size());
    }
  }

  @Test
  void evaluateTakesWhatWasAnswered() {
    Path output = folder.resolve("regions.jsonl");
    run("--input", entities.resolve("Sentences"), "--output", output).answer();
    Object[] evaluate = {
      "evaluate", "--task", "flickr", "--predictions", output, "--annotations", entities
    };
    JsonObject own =
        Json.parseObject(Cli.run(join(evaluate, "--format", "json")).answer().getBytes());
    Path regions = folder.resolve("regions.tsv");
    Path renamed = images.resolve("111.jpg");
    Cli.run(
            "detect",
            "--provider",
            "scalar",
            "--detector",
            detector,
            "--image",
            renamed,
            images.resolve("222.png"),
            "--output",
            regions)
        .answer();
    JsonObject other =
        Json.parseObject(
            Cli.run(join(evaluate, "--regions", regions, "--format", "json")).answer().getBytes());
    assertThat(own.getInt("phrases")).isEqualTo(4);
    for (String key : new String[] {"recall_at_1", "recall_at_5"}) {
      assertThat(own.getDouble(key)).isEqualTo(other.getDouble(key));
    }
    assertThat(own.getDouble("recall_at_5")).isEqualTo(other.getDouble("recall_at_5"));
    assertThat(other.getDouble("upper_bound")).isCloseTo(75, within(1e-9));
    assertThat(Cli.run(join(evaluate, "--format", "json")).answer())
        .contains("\"upper_bound\":null");
  }

  @Test
  void aSplitNamesThePictures() {
    Path split = Cli.write(folder.resolve("test.txt"), "222\n");
    Path output = folder.resolve("regions.jsonl");
    run("--input", entities, "--split", split, "--output", output).answer();
    assertThat(lines(output).stream().map(reply -> reply.getString("id"))).containsExactly("222#1");
    Cli.write(split, "../222\n");
    assertThat(
            run("--input", entities, "--split", split, "--output", output)
                .refusal(ExitCode.BAD_INPUT))
        .endsWith("test.txt: expected the names of pictures, found ../222");
  }

  @Test
  void whatCannotBeAnsweredIsNamed() throws IOException {
    sentences("111", "Good [/EN#1/people day] .\nA [/EN#2 man] .\n[/EN#3/people A man] .");
    Files.delete(images.resolve("222.png"));
    Path output = folder.resolve("regions.jsonl");
    Cli.Result result = run("--input", entities, "--output", output);
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    List<JsonObject> replies = lines(output);
    assertThat(replies).hasSize(4);
    assertThat(replies.get(1).getString("id")).isEqualTo("111#1");
    assertThat(replies.get(1).getString("error"))
        .isEqualTo("111.txt line 2: expected [/EN#id/type words], found [/EN#2 man] .");
    assertThat(replies.get(2).has("answers")).isTrue();
    assertThat(replies.get(3).getString("error"))
        .startsWith("222.txt line 3: " + images.resolve("222.jpg"));
  }

  @Test
  void anInterruptedRunIsResumed() throws IOException {
    Path output = folder.resolve("regions.jsonl");
    run("--input", entities, "--output", output, "--resume").answer();
    List<String> whole = Files.readAllLines(output);
    Path again = folder.resolve("again.jsonl");
    Path picture = images.resolve("222.png");
    Path hidden = Files.move(picture, folder.resolve("hidden.png"));
    assertThat(run("--input", entities, "--output", again, "--resume", "--fail-fast").exitCode())
        .isEqualTo(ExitCode.BAD_INPUT);
    Files.move(hidden, picture);
    Files.delete(images.resolve("111.jpg")); // it is answered already
    run("--input", entities, "--output", again, "--resume").answer();
    assertThat(Files.readAllLines(again)).isEqualTo(whole);
  }

  @Test
  void refusesOptionsThatDoNotGoTogether() {
    Path output = folder.resolve("out.jsonl");
    Path file = Cli.write(folder.resolve("rows.jsonl"), "{}");
    assertThat(run("--input", file, "--output", output).refusal(ExitCode.USAGE))
        .contains("with --images, flickr expects the folder of Flickr30k Entities");
    assertThat(run("--input", entities, "--output", output, "--rationales").refusal(ExitCode.USAGE))
        .contains("--rationales goes with --task vcr");
    assertThat(
            Cli.run("run", "--task", "vqa", "--input", file, "--output", output, "--split", file)
                .refusal(ExitCode.USAGE))
        .contains("--split goes with --images");
    assertThat(run("--input", images, "--output", output).refusal(ExitCode.BAD_INPUT))
        .endsWith(images + ": expected captions, files ending in .txt, found none");
  }

  private static Object[] join(Object[] some, Object... more) {
    List<Object> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray();
  }
}
