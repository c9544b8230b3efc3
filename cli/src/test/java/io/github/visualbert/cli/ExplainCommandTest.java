package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.file.NpyBytes;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.task.AttentionGrounding.Input;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.AttentionMap.Grounding;
import io.github.visualbert.task.AttentionMaps;
import io.github.visualbert.task.HeadSelection;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.TensorSource;
import java.awt.image.BufferedImage;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the model looked at: as a page, a drawing, numbers and maps. */
class ExplainCommandTest {
  private static final Path IMAGES = Cli.DEMO.resolve("images");
  private static final Path SCENE = IMAGES.resolve("scene-1.png");
  private static final Path GRID = Cli.DEMO.resolve("vqa");
  private static final String QUESTION = "what is the colour of the ring?";
  private static final int MOST_BYTES = 5_000_000;

  @TempDir private Path folder;

  private static Cli.Result explain(String task, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("explain", "--task", task, "--provider", "scalar"));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  private static Cli.Result question(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("--image", SCENE, "--question", QUESTION));
    all.addAll(List.of(arguments));
    return explain("vqa", all.toArray());
  }

  private static AttentionMaps expected(HeadSelection selection) {
    try (VisualBert model = VisualBert.open(GRID)) {
      Input input = Input.of(QUESTION, model.regions(SCENE));
      return model.attentionGrounding().explain(input, selection, true);
    }
  }

  @Test
  void mapsAreWrittenToTheBit() throws Exception {
    Path safetensors = folder.resolve("maps.safetensors");
    Path npz = folder.resolve("maps.npz");
    question("--model", GRID, "--output", safetensors).answer();
    question("--model", GRID, "--output", npz, "--head", 1).answer();
    AttentionMaps maps = expected(HeadSelection.all());
    try (Arena arena = Arena.ofConfined();
        TensorSource file = TensorSource.open(safetensors, arena)) {
      assertThat(file.names()).hasSize(8);
      int size = maps.rows().count();
      for (int layer = 0; layer < 4; layer++) {
        Tensor heads = file.tensor("attentions." + layer);
        assertThat(heads.shape()).containsExactly(4, size, size);
        for (int head = 0; head < 4; head++) {
          float[] values = new float[size * size];
          heads.copyTo((long) head * values.length, values, 0, values.length);
          assertThat(values).isEqualTo(maps.map(layer, head).tensor().toFloatArray());
        }
        assertThat(file.tensor("rollout." + layer).toFloatArray())
            .isEqualTo(maps.rollout().get(layer).tensor().toFloatArray());
      }
    }
    try (FileSystem zip = FileSystems.newFileSystem(npz)) {
      byte[] array = Files.readAllBytes(zip.getPath("attentions.2.npy"));
      byte[] values = maps.map(2, 1).tensor().data().toArray(ValueLayout.JAVA_BYTE);
      assertThat(Arrays.copyOfRange(array, array.length - values.length, array.length))
          .isEqualTo(values);
      assertThat(new String(array, 10, 100, StandardCharsets.US_ASCII))
          .contains("'shape': (1, 26, 26)");
    }
  }

  @Test
  void jsonHasTheNumbersOfEveryWordAndHead() {
    JsonObject json =
        (JsonObject) Json.parse(question("--model", GRID, "--format", "json").answer());
    AttentionMaps maps = expected(HeadSelection.all());
    assertThat(json.getArray("answers").getObject(0).getString("label")).isEqualTo("blue");
    assertThat(json.getArray("words").size()).isEqualTo(maps.rows().words().size());
    assertThat(json.getArray("words").getObject(8).getString("text")).isEqualTo("?");
    assertThat(json.getArray("regions").getObject(15).getArray("box").getDouble(0)).isEqualTo(0.75);
    assertThat(json.getArray("maps").size()).isEqualTo(16);
    for (int i = 0; i < 16; i++) {
      JsonObject found = json.getArray("maps").getObject(i);
      check(found, maps.map(found.getInt("layer"), found.getInt("head")));
      assertThat(found.has("weights")).isFalse();
    }
    for (int layer = 0; layer < 4; layer++) {
      check(json.getArray("rollout").getObject(layer), maps.rollout().get(layer));
    }
  }

  private static void check(JsonObject found, AttentionMap expected) {
    JsonArray words = found.getArray("words");
    for (int word = 0; word < words.size(); word++) {
      Grounding grounding = expected.ground(word);
      assertThat(words.getObject(word).getInt("region")).isEqualTo(grounding.region());
      assertThat(words.getObject(word).getDouble("weight")).isEqualTo(grounding.weight());
      assertThat(words.getObject(word).getDouble("mass")).isEqualTo(grounding.mass());
    }
    assertThat(found.getDouble("mass"))
        .isCloseTo(expected.ground(1, 2, 3, 4, 5, 6, 7, 8).mass(), within(1e-9));
  }

  @Test
  void jsonOfOneHeadHasItsWeights() {
    JsonObject json =
        (JsonObject)
            Json.parse(
                question("--model", GRID, "--format", "json", "--layer", 2, "--head", 3).answer());
    assertThat(json.getArray("maps").size()).isEqualTo(1);
    JsonArray rows = json.getArray("maps").getObject(0).getArray("weights");
    Tensor expected = expected(HeadSelection.of(2, 3)).maps().getFirst().words();
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.size(); column++) {
        assertThat((float) ((JsonArray) rows.get(row)).getDouble(column))
            .isEqualTo(expected.getFloat((long) row * rows.size() + column));
      }
    }
  }

  @Test
  void thePageHoldsEverythingAndAsksForNothing() {
    Path page = folder.resolve("page.html");
    question("--output", page, "--word", "ring").answer();
    String html = Cli.read(page);
    JsonObject data = data(html);
    assertThat(data.getString("text")).isEqualTo(QUESTION);
    assertThat(data.getArray("answers").getObject(0).getString("label")).isEqualTo("blue");
    JsonObject picture = data.getArray("pictures").getObject(0);
    assertThat(picture.getString("image")).startsWith("data:image/png;base64,");
    assertThat(picture.getArray("regions").getObject(3).getString("label"))
        .isEqualTo("small blue ring");
    assertThat(data.getObject("start").getArray("words").getInt(0)).isEqualTo(7);
    int count = data.getArray("words").size() + picture.getArray("regions").size();
    assertThat(Base64.getDecoder().decode(data.getString("maps"))).hasSize(2 * 16 * count * count);
    assertThat(Base64.getDecoder().decode(data.getString("rollout")))
        .hasSize(2 * 4 * count * count);
    String markup = html.replaceAll("(?s)<script type=\"application/json\".*?</script>", "");
    assertThat(markup)
        .doesNotContain("src=")
        .doesNotContain("href=")
        .doesNotContain("http:")
        .doesNotContain("https:")
        .doesNotContain("{{")
        .doesNotContain("innerHTML")
        .contains("default-src 'none'; img-src data:; style-src 'sha256-");
  }

  private static JsonObject data(String html) {
    Matcher data =
        Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>")
            .matcher(html);
    assertThat(data.find()).isTrue();
    return (JsonObject) Json.parse(data.group(1));
  }

  @Test
  void noTextEndsTheScriptThatItLiesIn() {
    Path page = folder.resolve("page.html");
    Path drawing = folder.resolve("drawing.svg");
    String hostile = "</script><img src=x onerror=alert(1)> <!-- & {{data}} the ring?";
    explain(
            "vqa",
            "--image",
            SCENE,
            "--question",
            hostile,
            "--output",
            page,
            "--draw",
            drawing,
            "--word",
            "img")
        .answer();
    String html = Cli.read(page);
    assertThat(html).doesNotContain("<img").doesNotContain("<!--");
    assertThat(data(html).getString("text")).isEqualTo(hostile);
    assertThat(html.split("</script>", -1)).hasSize(3);
    assertThat(Cli.read(drawing)).doesNotContain("<img").contains("&lt;");
  }

  /** The dimensions of the published checkpoints: 144 heads, 36 regions, and a large picture. */
  @Test
  void aPageOfABaseModelStaysSmall() throws Exception {
    Path model = TinyModel.writeDeep(folder.resolve("deep"), 12, 12);
    Path picture = folder.resolve("large.png");
    writeNoise(picture, 2000, 1500);
    Path features = folder.resolve("regions.npy");
    Files.write(
        features,
        NpyBytes.of(
            Tensor.of(new float[36 * TinyModel.REGION_NUMBERS], 36, TinyModel.REGION_NUMBERS)));
    Path page = folder.resolve("page.html");
    Cli.Result result =
        explain(
            "vqa",
            "--model",
            model,
            "--features",
            features,
            "--picture",
            picture,
            "--question",
            "where is the ring and how many hearts are there in the picture of the scene?",
            "--output",
            page);
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(Files.size(page)).isBetween(500_000L, (long) MOST_BYTES);
  }

  private static void writeNoise(Path file, int width, int height) throws Exception {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    ImageIO.write(image, "png", file.toFile());
  }

  @Test
  void everyTaskIsExplained() {
    Map<String, List<Object>> asks = new LinkedHashMap<>();
    asks.put("vqa", List.of("--image", SCENE, "--question", QUESTION));
    asks.put("pretrain", List.of("--image", SCENE, "--text", "the yellow heart is [MASK] left."));
    asks.put("encode", List.of("--image", SCENE, "--text", "a yellow heart"));
    asks.put(
        "nlvr2",
        List.of(
            "--image", SCENE, IMAGES.resolve("scene-6.png"), "--statement", "one has a heart."));
    asks.put(
        "vcr",
        List.of(
            "--image",
            SCENE,
            "--question",
            "what is orange?",
            "--choice",
            "a ring.",
            "--choice",
            "a heart."));
    asks.put("flickr", List.of("--image", SCENE, "--text", "a blue ring", "--phrase", "ring"));
    SoftAssertions all = new SoftAssertions();
    asks.forEach(
        (task, ask) -> {
          for (String preset : List.of("authors", "hf")) {
            Path page = folder.resolve(task + preset + ".html");
            List<Object> words = new ArrayList<>(ask);
            words.addAll(List.of("--preset", preset, "--output", page));
            Cli.Result result = explain(task, words.toArray());
            all.assertThat(result.exitCode()).as(task + result.err()).isZero();
            all.assertThat(result.out()).as(task).contains("rollout up to layer 3:", "page in ");
            JsonObject data = data(Cli.read(page));
            all.assertThat(data.getArray("pictures").size())
                .isEqualTo(task.equals("nlvr2") ? 2 : 1);
            all.assertThat(data.getArray("answers").size() > 0).isEqualTo(!task.equals("encode"));
          }
        });
    all.assertAll();
  }

  @Test
  void aDrawingShowsTheWordUnderTheHead() {
    Path drawing = folder.resolve("ring.svg");
    question("--word", "ring", "--layer", 3, "--head", 1, "--draw", drawing).answer();
    String svg = Cli.read(drawing);
    assertThat(svg)
        .startsWith("<svg xmlns=")
        .contains("data:image/png;base64,", ">3 small blue ring 86 %<", "underline\">ring</tspan>")
        .contains("layer 3, head 1: 92 % of its attention goes to regions");
    question("--word", "blue ring").refusal(ExitCode.BAD_INPUT);
  }

  @Test
  void featuresWithoutBoxesAreAList() {
    Path page = folder.resolve("page.html");
    Path drawing = folder.resolve("bars.svg");
    explain(
            "vqa",
            "--model",
            GRID,
            "--features",
            IMAGES.resolve("features/scene-1.npy"),
            "--question",
            QUESTION,
            "--word",
            "ring",
            "--output",
            page,
            "--draw",
            drawing)
        .answer();
    JsonObject picture = data(Cli.read(page)).getArray("pictures").getObject(0);
    assertThat(picture.getArray("regions").size()).isEqualTo(16);
    assertThat(picture.getArray("regions").getObject(0).has("box")).isFalse();
    assertThat(picture.has("image")).isFalse();
    assertThat(Cli.read(drawing)).contains(">region 15<").doesNotContain("<image");
  }

  @Test
  void aLongTextIsExplainedAsFarAsItIsRead() {
    Cli.Result result =
        explain("pretrain", "--image", SCENE, "--text", "a red ring ".repeat(40) + "and a heart");
    assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(result.err().strip())
        .isEqualTo(
            "visualbert explain: note: the text is longer than the model can read; its end was cut"
                + " off");
    assertThat(
            explain(
                    "pretrain",
                    "--image",
                    SCENE,
                    "--text",
                    "a red ring ".repeat(40) + "and a heart",
                    "--word",
                    "heart")
                .refusal(ExitCode.BAD_INPUT))
        .endsWith("the model does not read \"heart\": the text is longer than it can read");
  }

  @Test
  void invalidOptionsAreRefused() {
    Map<List<Object>, String> cases = new LinkedHashMap<>();
    cases.put(List.of("--layer", 4), "--layer is 4, the model has 4 to choose from, 0 to 3");
    cases.put(List.of("--head", -1), "--head is -1, expected a number from 0");
    cases.put(List.of("--output", "page.pdf"), "expected a name ending in .html, .npz or");
    cases.put(List.of("--draw", "a.svg"), "--draw needs --word");
    cases.put(List.of("--draw", "a.png", "--word", "ring"), "expected a name ending in .svg");
    cases.put(List.of("--picture", SCENE), "--picture goes with --features");
    cases.put(List.of("--output", SCENE), "would overwrite the input");
    cases.put(List.of("--top-k", 0), "--top-k is 0, expected at least 1");
    cases.put(List.of("--question", "where?"), "2 texts and pictures are given, explain takes one");
    SoftAssertions all = new SoftAssertions();
    cases.forEach(
        (options, message) ->
            all.assertThat(question(options.toArray()).refusal(ExitCode.USAGE)).contains(message));
    all.assertAll();
  }
}
