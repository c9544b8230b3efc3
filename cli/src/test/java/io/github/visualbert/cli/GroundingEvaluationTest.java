package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.AttentionGrounding.Input;
import io.github.visualbert.task.AttentionMaps;
import io.github.visualbert.task.HeadSelection;
import io.github.visualbert.tensor.Tensor;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/**
 * The demo's captions as a folder of Flickr30k Entities: phrases are single words, the boxes of
 * their entities are the cells of the 4 x 4 grid that hold them, which are the regions too.
 */
class GroundingEvaluationTest {
  private static final Path MODEL = Cli.DEMO.resolve("region-to-phrase");
  private static final Path IMAGES = Cli.DEMO.resolve("images");
  private static final int CELL = 56; // pixels

  @TempDir private Path folder;
  private Path annotations;

  @BeforeEach
  void annotate() throws Exception {
    annotations = Files.createDirectory(folder.resolve("entities"));
    Files.createDirectory(annotations.resolve("Sentences"));
    Files.createDirectory(annotations.resolve("Annotations"));
    Map<String, StringBuilder> sentences = new LinkedHashMap<>();
    Map<String, StringBuilder> objects = new LinkedHashMap<>();
    int entity = 0;
    for (JsonObject example : examples()) {
      String image = image(example);
      StringBuilder marked = new StringBuilder();
      String caption = example.getString("caption");
      int done = 0;
      for (JsonObject phrase : phrases(example)) {
        String word = phrase.getString("word");
        Matcher found = Pattern.compile("\\b" + word + "\\b").matcher(caption);
        assertThat(found.find(done)).isTrue();
        marked.append(caption, done, found.start());
        marked.append("[/EN#%d/%s %s]".formatted(++entity, type(word), word));
        done = found.end();
        JsonArray truth = phrase.getArray("truth");
        for (int i = 0; i < truth.size(); i++) {
          objects
              .computeIfAbsent(image, _ -> new StringBuilder())
              .append(object(entity, truth.getInt(i)));
        }
      }
      marked.append(caption.substring(done)).append('\n');
      sentences.computeIfAbsent(image, _ -> new StringBuilder()).append(marked);
    }
    sentences.forEach((image, text) -> sentences(image, text.toString()));
    objects.forEach((image, text) -> objects(image, text.toString()));
  }

  private void sentences(String image, String text) {
    Cli.write(annotations.resolve("Sentences/" + image + ".txt"), text);
  }

  private void objects(String image, String objects) {
    Cli.write(
        annotations.resolve("Annotations/" + image + ".xml"),
        "<annotation><size><width>224</width><height>224</height></size>"
            + objects
            + "</annotation>");
  }

  private static String object(int entity, int cell) {
    int left = cell % 4 * CELL;
    int top = cell / 4 * CELL;
    return object(entity, left, top, left + CELL, top + CELL);
  }

  private static String object(int entity, int left, int top, int right, int bottom) {
    return ("<object><name>%d</name><bndbox><xmin>%d</xmin><ymin>%d</ymin><xmax>%d</xmax>"
            + "<ymax>%d</ymax></bndbox></object>")
        .formatted(entity, left, top, right, bottom);
  }

  private static String type(String word) {
    return word.matches("things?|objects?|shapes?") ? "other" : "shape";
  }

  private static List<JsonObject> examples() {
    return Cli.read(IMAGES.resolve("examples.jsonl"))
        .lines()
        .map(line -> (JsonObject) Json.parse(line))
        .filter(example -> example.getString("task").equals("region-to-phrase"))
        .toList();
  }

  private static String image(JsonObject example) {
    return example.getArray("images").toStrings().getFirst().replace(".png", "");
  }

  private static List<JsonObject> phrases(JsonObject example) {
    JsonArray array = example.getArray("phrases");
    List<JsonObject> phrases = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      phrases.add(array.getObject(i));
    }
    return phrases;
  }

  private Cli.Result evaluate(Object... more) {
    List<Object> args = new ArrayList<>(List.of("evaluate", "--task", "grounding"));
    args.addAll(List.of("--annotations", annotations));
    if (!List.of(more).contains("--model")) {
      args.addAll(List.of("--model", MODEL));
    }
    if (!List.of(more).contains("--features") && !List.of(more).contains("--images")) {
      args.addAll(List.of("--images", IMAGES));
    }
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  private JsonObject json(Object... more) {
    return (JsonObject) Json.parse(evaluate(with(more, "--format", "json")).answer());
  }

  private static double accuracy(JsonObject of, String name) {
    return of.getObject(name).getDouble("accuracy");
  }

  /** Counted from the raw maps, by the rows that the examples state for their words. */
  @Test
  void equalsACountByHand() {
    double[][] hits = new double[4][4];
    double[][] mass = new double[4][4];
    double[][] hitsOfOther = new double[4][4];
    int words = 0;
    int others = 0;
    try (VisualBert model =
        VisualBert.builder(MODEL).head(HeadType.BASE).poolingLayer(false).open()) {
      for (JsonObject example : examples()) {
        int text = example.getArray("input_ids").size();
        AttentionMaps maps =
            model
                .attentionGrounding()
                .explain(
                    Input.of(
                        example.getString("caption"),
                        model.regions(IMAGES.resolve(image(example) + ".png"))),
                    HeadSelection.all(),
                    false);
        for (JsonObject phrase : phrases(example)) {
          int row = phrase.getInt("position");
          boolean other = type(phrase.getString("word")).equals("other");
          words++;
          others += other ? 1 : 0;
          for (int i = 0; i < 16; i++) {
            Tensor map = maps.map(i / 4, i % 4).tensor();
            int best = 0;
            for (int region = 0; region < 16; region++) {
              mass[i / 4][i % 4] += map.getFloat(at(row, text + region, text));
              best =
                  map.getFloat(at(row, text + region, text))
                          > map.getFloat(at(row, text + best, text))
                      ? region
                      : best;
            }
            int hit = contains(phrase.getArray("truth"), best) ? 1 : 0;
            hits[i / 4][i % 4] += hit;
            hitsOfOther[i / 4][i % 4] += other ? hit : 0;
          }
        }
      }
    }
    JsonObject scores = json();
    assertThat(words).isEqualTo(23);
    assertThat(scores.getInt("phrases")).isEqualTo(23);
    assertThat(scores.getInt("sentences")).isEqualTo(12);
    assertThat(scores.getInt("pictures")).isEqualTo(8);
    double best = 0;
    double bestOfOther = 0;
    for (int i = 0; i < 16; i++) {
      JsonObject head = scores.getArray("heads").getObject(i);
      assertThat(head.getInt("layer")).isEqualTo(i / 4);
      assertThat(head.getInt("head")).isEqualTo(i % 4);
      assertThat(head.getDouble("accuracy")).isEqualTo(100 * hits[i / 4][i % 4] / words);
      assertThat(head.getDouble("on_regions"))
          .isCloseTo(100 * mass[i / 4][i % 4] / words, within(1e-9));
      best = Math.max(best, head.getDouble("accuracy"));
      bestOfOther = Math.max(bestOfOther, 100 * hitsOfOther[i / 4][i % 4] / others);
    }
    assertThat(accuracy(scores, "best")).isEqualTo(best).isGreaterThan(90);
    JsonObject other = scores.getObject("types").getObject("other");
    assertThat(other.getInt("phrases")).isEqualTo(others);
    assertThat(accuracy(other, "best")).isEqualTo(bestOfOther);
    // All cells are as large: the first, which holds four of the words. Four are as near the
    // centre: the first of them is 5, which holds three. Nothing detected the cells.
    JsonObject baselines = scores.getObject("baselines");
    assertThat(baselines.getDouble("largest")).isEqualTo(100.0 * 4 / 23);
    assertThat(baselines.getDouble("centre")).isEqualTo(100.0 * 3 / 23);
    assertThat(baselines.has("surest")).isFalse();
    assertThat(scores.getDouble("upper_bound")).isEqualTo(100);
  }

  private static boolean contains(JsonArray numbers, int number) {
    return IntStream.range(0, numbers.size()).anyMatch(i -> numbers.getInt(i) == number);
  }

  private static int at(int row, int column, int text) {
    return row * (text + 16) + column;
  }

  /** The boxes are those of the detector's first, surest region and of its second. */
  @Test
  void countsTheDetectorsRegions() {
    objects(
        "scene-1", object(1, 116, 63, 165, 105) + object(2, 5, 5, 50, 50) + object(3, 0, 0, 9, 9));
    sentences(
        "scene-1",
        "[/EN#1/a/b a heart] and [/EN#2/a a yellow heart] on [/EN#3/scene paper] , [/EN#4/a it]\n");
    Path split = Cli.write(folder.resolve("split.txt"), "scene-1\n");
    JsonObject scores = json("--split", split, "--model", Cli.DEMO.resolve("vqa-regions"));
    assertThat(scores.getInt("phrases")).isEqualTo(3);
    assertThat(scores.getObject("baselines").getDouble("surest")).isEqualTo(100.0 / 3);
    assertThat(scores.getDouble("upper_bound")).isEqualTo(200.0 / 3);
    JsonObject types = scores.getObject("types");
    assertThat(types.getObject("a").getObject("baselines").getDouble("surest")).isEqualTo(50);
    assertThat(types.getObject("b").getObject("baselines").getDouble("surest")).isEqualTo(100);
    assertThat(types.getObject("scene").getDouble("upper_bound")).isEqualTo(0);
  }

  /** Features of the same pictures and lines of JSON of the same captions give the same numbers. */
  @Test
  void readsFeaturesAndLinesOfJson() {
    Object[] model = {"--model", Cli.DEMO.resolve("vqa-regions"), "--format", "json"};
    String expected = evaluate(model).answer();
    Path features = folder.resolve("features.tsv");
    Object[] pictures =
        Stream.iterate(1, i -> i + 1).limit(8).map(GroundingEvaluationTest::scene).toArray();
    List<Object> detect = new ArrayList<>(List.of("detect", "--image"));
    detect.addAll(List.of(pictures));
    detect.addAll(List.of("--box-columns", "--output", features));
    assertThat(Cli.run(detect.toArray()).exitCode()).isEqualTo(ExitCode.OK);
    assertThat(evaluate(with(model, "--features", features)).answer()).isEqualTo(expected);
    StringBuilder lines = new StringBuilder();
    for (JsonObject example : examples()) {
      JsonWriter json = new JsonWriter().beginObject().field("id", lines.length());
      json.field("image", image(example)).field("width", 224).field("height", 224);
      json.field("caption", example.getString("caption")).name("phrases").beginArray();
      for (JsonObject phrase : phrases(example)) {
        String word = phrase.getString("word");
        json.beginObject().field("phrase", word);
        json.name("types").beginArray().value(type(word)).endArray();
        json.name("boxes").beginArray();
        JsonArray truth = phrase.getArray("truth");
        for (int i = 0; i < truth.size(); i++) {
          int left = truth.getInt(i) % 4 * CELL;
          int top = truth.getInt(i) / 4 * CELL;
          json.beginArray().value(left).value(top).value(left + CELL).value(top + CELL).endArray();
        }
        json.endArray().endObject();
      }
      lines.append(json.endArray().endObject()).append('\n');
    }
    annotations = Cli.write(folder.resolve("captions.jsonl"), lines.toString());
    assertThat(evaluate(model).answer()).isEqualTo(expected);
  }

  private static Path scene(int number) {
    return IMAGES.resolve("scene-" + number + ".png");
  }

  private static Object[] with(Object[] args, Object... more) {
    return Stream.concat(Stream.of(args), Stream.of(more)).toArray();
  }

  /** The file has "three" and "things" of the first caption, and no row of the others. */
  @Test
  void measuresDependencies() {
    Path file =
        Cli.write(
            folder.resolve("captions.conllu"),
            """
            # sent_id = scene-1.jpg#0
            1\tthree\t_\t_\t_\t_\t2\tnummod\t_\t_
            2\tthings\t_\t_\t_\t_\t0\troot\t_\t_
            3\tdragon\t_\t_\t_\t_\t2\tdep\t_\t_
            """);
    Cli.Result result = evaluate("--dependencies", file);
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .containsPattern("\\Rrelation +attends +words +best head ")
        .containsPattern("\\Rnummod +dependent to head +1 +\\d/\\d +100.00 ")
        .doesNotContain("head to dependent");
    assertThat(result.err().lines())
        .containsExactly(
            "visualbert evaluate: note: 1 rows of the dependencies are not found in their captions"
                + " and left out (%s: line 4: dragon)".formatted(file),
            "visualbert evaluate: note: 11 captions have no dependencies (scene-1#1, scene-2#0,"
                + " scene-2#1, ...)");
    assertThat(evaluate("--dependencies", file, "--format", "json").out())
        .contains(
            "\"relations\":[{\"relation\":\"nummod\",\"from\":\"dependent\",\"to\":\"head\",\"words\":1,",
            "\"not_aligned\":1,\"unparsed\":11}");
  }

  @Test
  void drawsThePlot() throws Exception {
    Path plot = folder.resolve("heads.svg");
    String table = evaluate("--plot", plot).answer();
    String svg = Cli.read(plot);
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
    assertThat(svg.split("<circle ", -1)).hasSize(1 + 16);
    assertThat(svg.split("fill=\"none\"", -1)).hasSize(1 + table.split("\\(\\d", -1).length - 1);
    assertThat(svg)
        .contains("<title>layer 3, head 0: 95.7 %, 72 % on regions</title>")
        .contains(">largest region: 17.4 %<", ">region nearest the centre: 13.0 %<")
        .doesNotContain("surest", "href");
    assertThat(table)
        .contains("23 phrases of 12 sentences, 8 pictures")
        .containsPattern("\\R3 +95\\.65 ");
  }

  @Test
  void theDocumentationShowsWhatIsPrinted() {
    annotations = IMAGES.resolve("captions.jsonl");
    Path docs = Cli.TESTDATA.resolveSibling("docs");
    Path plot = folder.resolve("heads.svg");
    assertThat(Cli.read(docs.resolve("explain.md")))
        .contains("```text\n" + evaluate("--plot", plot).answer().replace("\r\n", "\n") + "```");
    assertThat(docs.resolve("demo-heads.svg")).hasSameTextualContentAs(plot);
  }

  @Test
  void missingPicturesAreNamed() {
    sentences("scene-9", "[/EN#1/shape a heart]\n[/EN#1/shape the heart]\n");
    objects("scene-9", object(1, 3));
    assertThat(evaluate().refusal(ExitCode.BAD_INPUT))
        .isEqualTo(
            "visualbert evaluate: %s: pictures of %s are missing, 1 in all (scene-9);"
                    .formatted(IMAGES, annotations)
                + " --allow-missing leaves them out");
    Cli.Result allowed = evaluate("--allow-missing", "--format", "json");
    assertThat(allowed.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(allowed.err().strip())
        .isEqualTo("visualbert evaluate: note: 1 pictures are missing and left out (scene-9)");
    assertThat(allowed.out()).contains("\"phrases\":23,").contains("\"missing\":1,");
  }

  @Test
  void phrasesThatTheModelDoesNotReadAreNamed() {
    sentences(
        "scene-1", "[/EN#1/shape a circle] " + "and ".repeat(80) + "[/EN#2/shape a blue circle]\n");
    Cli.Result result = evaluate("--format", "json");
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(result.err().strip())
        .isEqualTo(
            "visualbert evaluate: note: 1 phrases are left out, as their captions are longer than"
                + " the model can read (scene-1#0 \"a blue circle\")");
    assertThat(result.out()).contains("\"phrases\":19,").contains("\"cut_off\":1,");
  }

  @Test
  void wrongUsageIsRefused() {
    Map<List<Object>, String> cases = new LinkedHashMap<>();
    cases.put(
        List.of("--features", "f", "--images", "i"), "grounding needs --images or --features");
    cases.put(List.of("--predictions", "p"), "--predictions goes with other tasks");
    cases.put(List.of("--plot", folder.resolve("a.png")), "expected a name ending in .svg");
    cases.put(List.of("--plot", "no/such/folder/a.svg"), "there is no folder");
    cases.put(List.of("--regions", "r"), "--regions goes with --task flickr");
    cases.put(List.of("--preset", "x"), "--preset is 'x'");
    SoftAssertions all = new SoftAssertions();
    cases.forEach(
        (options, message) ->
            all.assertThat(evaluate(options.toArray()).refusal(ExitCode.USAGE)).contains(message));
    all.assertThat(
            Cli.run(
                    "evaluate",
                    "--task",
                    "vqa",
                    "--predictions",
                    "p",
                    "--annotations",
                    "a",
                    "--model",
                    MODEL)
                .refusal(ExitCode.USAGE))
        .contains("--model goes with --task grounding");
    all.assertAll();
  }
}
