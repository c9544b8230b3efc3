package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.RunIdentity;
import io.github.visualbert.cli.batch.json.PartialReplies;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.cli.file.JsonLines;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class BatchRunTest {
  private static final String RING = "what is the colour of the ring?";

  @TempDir private Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void names() throws IOException {
    Files.createDirectories(folder.resolve("in"));
    input = folder.resolve("in/rows.jsonl");
    output = folder.resolve("answers.jsonl");
    for (int scene = 1; scene <= 3; scene++) {
      Files.copy(
          Cli.DEMO.resolve("images/scene-" + scene + ".png"),
          folder.resolve("in/scene-" + scene + ".png"));
    }
  }

  private Cli.Result run(String task, Object... more) {
    List<Object> args = new ArrayList<>(List.of("--input", input, "--output", output));
    args.addAll(List.of(more));
    return Cli.runTask(task, args.toArray());
  }

  private void rows(String... lines) {
    Cli.write(input, String.join("\n", lines).replace('\'', '"') + "\n");
  }

  private void questions(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      lines.append(
          "{\"id\": \"q-é%d\", \"image\": \"scene-%d.png\", \"question\": \"%s\"}\n"
              .formatted(i, i % 3 + 1, i % 2 == 0 ? RING : "what size is the blue circle?"));
    }
    Cli.write(input, lines.toString());
  }

  @Test
  void answersAsRunDoesForOne() {
    record Case(String task, String row, List<Object> options) {}
    Path scene = folder.resolve("in/scene-1.png");
    Path other = folder.resolve("in/scene-2.png");
    List<Case> cases =
        List.of(
            new Case(
                "vqa",
                "'image': 'scene-1.png', 'question': '" + RING + "'",
                List.of("--image", scene, "--question", RING)),
            new Case(
                "nlvr2",
                "'images': ['scene-1.png', 'scene-2.png'], 'statement': 'both show a ring.'",
                List.of("--image", scene, other, "--statement", "both show a ring.")),
            new Case(
                "vcr",
                "'images': ['scene-1.png'], 'question': 'what is there?', 'choices': ['a ring',"
                    + " 'a heart']",
                List.of(
                    "--image",
                    scene,
                    "--question",
                    "what is there?",
                    "--choice",
                    "a ring",
                    "--choice",
                    "a heart")),
            new Case(
                "flickr",
                "'image': '" + scene + "', 'caption': 'a blue ring', 'phrases': ['blue', 'ring']",
                List.of(
                    "--image",
                    scene,
                    "--text",
                    "a blue ring",
                    "--phrase",
                    "blue",
                    "--phrase",
                    "ring")),
            new Case(
                "pretrain",
                "'image': 'scene-1.png', 'text': 'a [MASK] ring.'",
                List.of("--image", scene, "--text", "a [MASK] ring.")),
            new Case(
                "encode",
                "'features': '"
                    + Cli.DEMO.resolve("images/features/scene-1.npy")
                    + "', 'text': 'a ring'",
                List.of(
                    "--features",
                    Cli.DEMO.resolve("images/features/scene-1.npy"),
                    "--text",
                    "a ring")));
    for (Case each : cases) {
      rows("{'id': '1', " + each.row() + "}");
      run(each.task()).answer();
      List<Object> one = new ArrayList<>(each.options());
      one.addAll(List.of("--format", "json"));
      assertThat(Cli.read(output)).isEqualTo(Cli.runTask(each.task(), one.toArray()).answer());
    }
  }

  @Test
  void readsPhrasesByTheirOffsets() {
    rows(
        "{'image': 'scene-1.png', 'caption': '\uD83D\uDE00 a ring', 'phrases': [[4, 8]]}",
        "{'image': 'scene-1.png', 'caption': '\uD83D\uDE00 a ring', 'phrases': ['ring']}",
        "{'image': 'scene-1.png', 'caption': 'a ring', 'phrases': [[2, 7]]}");
    Cli.Result result = run("flickr", "--top-k", 1);
    List<String> lines = Cli.read(output).lines().toList();
    assertThat(lines.get(0)).contains("\"phrase\":\"ring\"");
    assertThat(lines.get(0).replace("\"id\":\"1\"", "\"id\":\"2\"")).isEqualTo(lines.get(1));
    assertThat(lines.get(2))
        .isEqualTo(
            "{\"id\":\"3\",\"error\":\"line 3: a phrase is at 2 to 7, expected a range within 0 to"
                + " 6 of the caption\"}");
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
  }

  @Test
  void keepsTheOrderAndTheIds() {
    questions(100);
    run("vqa", "--top-k", 1).answer();
    List<String> lines = Cli.read(output).lines().toList();
    assertThat(lines).hasSize(100);
    for (int i = 0; i < lines.size(); i++) {
      JsonObject reply = Json.parseObject(lines.get(i).getBytes(StandardCharsets.UTF_8));
      assertThat(reply.getString("id")).isEqualTo("q-é" + (i + 1));
      assertThat(lines.get(i).replaceAll("\"id\":\"[^\"]*\"", ""))
          .as("the same bits in any batch")
          .isEqualTo(lines.get(i % 6).replaceAll("\"id\":\"[^\"]*\"", ""));
    }
    assertThat(Cli.filesIn(folder)).containsExactly(output, folder.resolve("in"));
  }

  @Test
  void answersTheRowsAroundAnInvalidOne() {
    rows(
        "{'id': [1, 'a'], 'image': 'nope.png', 'question': 'a'}",
        "not json",
        "",
        "{'image': ['scene-1.png'], 'question': ''}",
        "{'id': 'good', 'image': 'scene-1.png', 'question': '" + RING + "'}",
        "{'id': 6, 'question': 'a'}",
        "{'id': 7, 'image': 'scene-1.png', 'features': 'x.npy', 'question': 'a'}",
        "{'id': 8, 'images': ['scene-1.png', 'scene-2.png'], 'question': 'a'}",
        "{'id': 9, 'image': 'scene-1.png', 'question': 1}",
        "{'id': 10, 'image': 'sc\\u0000ene.png', 'question': 'a'}");
    Cli.Result result = run("vqa");
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(result.out()).isEmpty();
    List<String> lines = Cli.read(output).lines().toList();
    List<String> told = result.err().lines().toList();
    assertThat(lines).hasSize(9);
    assertThat(told).hasSize(8);
    assertThat(told.get(1))
        .isEqualTo("visualbert run: " + input + ": line 2: expected null, found 'o' at column 2");
    List<String> places = List.of("1", "2", "4", "5", "6", "7", "8", "9", "10");
    int errors = 0;
    for (int i = 0; i < lines.size(); i++) {
      JsonObject reply = Json.parseObject(lines.get(i).getBytes(StandardCharsets.UTF_8));
      if (i == 3) {
        assertThat(reply.keys()).containsExactly("id", "task", "answers");
      } else {
        assertThat(reply.keys()).containsExactly("id", "error");
        assertThat(reply.getString("error")).startsWith("line " + places.get(i) + ": ");
        assertThat(told.get(errors++)).endsWith(": " + Printable.of(reply.getString("error")));
      }
    }
    assertThat(lines.getFirst()).startsWith("{\"id\":[1,\"a\"],\"error\":\"line 1: ");
  }

  @Test
  void invalidUtf8CostsNoOtherRow() throws IOException {
    String row = "{'image': 'scene-1.png', 'question': 'o" + "\u00fa" + "?'}";
    rows(row, row, row);
    byte[] rows = Cli.read(input).getBytes(StandardCharsets.UTF_8);
    String latin1 = new String(rows, StandardCharsets.ISO_8859_1);
    String second = latin1.replaceFirst("(?s)^(.*?\n.*?)\u00c3\u00ba", "$1\u00fa");
    Files.write(input, second.getBytes(StandardCharsets.ISO_8859_1));
    Cli.Result result = run("vqa");
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(result.err().lines()).hasSize(1);
    List<String> lines = Cli.read(output).lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).startsWith("{\"id\":\"2\",\"error\":\"line 2: ");
    assertThat(lines.get(0)).contains("answers");
    assertThat(lines.get(2)).contains("answers");
  }

  @Test
  void failFastStopsAtTheFirstInvalidRow() {
    rows("{'id': 1, 'image': 'scene-1.png', 'question': '" + RING + "'}", "{'id': 2}", "{'id': 3}");
    assertThat(run("vqa", "--fail-fast").refusal(ExitCode.BAD_INPUT))
        .startsWith("visualbert run: " + input + ": line 2: ");
    assertThat(Cli.filesIn(folder)).containsExactly(folder.resolve("in"));
  }

  @Test
  void keepsTheOldOutputWhenTheInputFails() throws IOException {
    Cli.write(output, "old");
    Files.write(input, new byte[] {(byte) 0xff, (byte) 0xfe, '{', 0, '}', 0});
    Cli.Result result = run("vqa");
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(result.err()).contains("expected UTF-8");
    assertThat(Cli.read(output)).isEqualTo("old");
    assertThat(Cli.filesIn(folder)).containsExactly(output, folder.resolve("in"));
  }

  @Test
  void resumesFromAnyCut() throws IOException {
    questions(8);
    Cli.write(input, Cli.read(input) + "{\"id\": 9}\n");
    assertThat(run("vqa", "--top-k", 2).exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    byte[] whole = Files.readAllBytes(output);
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    int second = text.indexOf('\n', text.indexOf('\n') + 1);
    int faulty = text.lastIndexOf("{\"id\":9");
    TreeSet<Integer> cuts = new TreeSet<>(List.of(0, 1, second - 1, second, second + 1));
    cuts.add(text.indexOf('\u00c3') + 1); // within the two bytes of a character
    cuts.addAll(List.of(faulty, faulty + 5, whole.length - 1, whole.length));
    for (int cut : cuts) {
      Files.delete(output);
      Files.write(PartialReplies.of(output), Arrays.copyOf(whole, cut));
      Cli.writeIdentity(TaskName.VQA, input, output, 2, false);
      Cli.Result result = run("vqa", "--top-k", 2, "--resume");
      assertThat(result.exitCode()).as("cut at %d", cut).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(Files.readAllBytes(output)).as("cut at %d", cut).isEqualTo(whole);
      assertThat(PartialReplies.of(output)).doesNotExist();
    }
  }

  @Test
  void refusesToResumeAnotherRun() {
    questions(3);
    run("vqa").answer();
    String answers = Cli.read(output);
    Path partial = PartialReplies.of(output);
    Cli.write(partial, answers);
    assertThat(run("vqa", "--resume").refusal(ExitCode.BAD_INPUT))
        .contains(
            "answers.jsonl.partial: cannot be resumed without answers.jsonl.partial.run; delete"
                + " it");
    Cli.writeIdentity(TaskName.VQA, input, output, 5, false);
    assertThat(run("pretrain", "--resume").refusal(ExitCode.BAD_INPUT))
        .contains("belongs to another run: task was vqa, is pretrain; delete it to start over");
    assertThat(run("vqa", "--resume", "--top-k", 1).refusal(ExitCode.BAD_INPUT))
        .contains("belongs to another run: --top-k was 5, is 1");
    assertThat(run("vqa", "--resume", "--preset", "authors").refusal(ExitCode.BAD_INPUT))
        .contains("belongs to another run: --preset was hf, is authors");
    Path copy = Cli.copy(Cli.DEMO.resolve("vqa"), folder.resolve("copy"));
    Cli.write(copy.resolve("config.json"), Cli.read(copy.resolve("config.json")) + " ");
    assertThat(run("vqa", "--resume", "--model", copy).refusal(ExitCode.BAD_INPUT))
        .contains("belongs to another run: another model");
    questions(2);
    assertThat(run("vqa", "--resume").refusal(ExitCode.BAD_INPUT))
        .contains("belongs to another run: another input");
    Cli.writeIdentity(TaskName.VQA, input, output, 5, false);
    assertThat(run("vqa", "--resume").refusal(ExitCode.BAD_INPUT))
        .contains("belongs to another run: expected at most 2 answers");
    assertThat(Cli.read(partial)).isEqualTo(answers);
    Cli.write(partial, "my diary\n");
    assertThat(run("vqa", "--resume").refusal(ExitCode.BAD_INPUT)).contains("line 1: expected");
    assertThat(Cli.read(partial)).isEqualTo("my diary\n");
  }

  @Test
  void aLineThatIsTooLongCostsNoOtherRow() throws IOException {
    questions(1);
    String row = Cli.read(input);
    try (BufferedWriter rows = Files.newBufferedWriter(input)) {
      rows.write(row + "{\"id\":2,\"question\":\"");
      for (int i = 0; i <= JsonLines.MAX_BYTES >> 10; i++) {
        rows.write("a".repeat(1 << 10));
      }
      rows.write("\"}\n" + row);
    }
    Cli.Result result = run("vqa");
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    List<String> replies = Cli.read(output).lines().toList();
    assertThat(replies).hasSize(3);
    assertThat(replies.get(1))
        .isEqualTo(
            "{\"id\":\"2\",\"error\":\"line 2: expected a line of at most 67108864 bytes, found a"
                + " longer one\"}");
    assertThat(replies.get(2)).isEqualTo(replies.get(0));
  }

  /** A pipe that nobody writes to would never end. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aPipeIsNoPictureOfARow() throws IOException, InterruptedException {
    questions(1);
    String row = Cli.read(input);
    Path pipe = folder.resolve("picture.png");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Cli.write(
        input,
        "{\"id\":2,\"image\":\"%s\",\"question\":\"why?\"}\n".formatted(pipe)
            + "{\"id\":3,\"features\":\"%s\",\"question\":\"why?\"}\n".formatted(pipe)
            + row);
    assertThat(run("vqa").exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    List<String> replies = Cli.read(output).lines().toList();
    assertThat(replies).hasSize(3);
    assertThat(replies.subList(0, 2))
        .allSatisfy(
            reply ->
                assertThat(reply)
                    .contains("picture.png: expected a file, found a pipe or a device"));
    assertThat(replies.get(2)).contains("answers");
  }

  @Test
  void refusesToOverwriteItsInput() throws IOException {
    questions(1);
    String rows = Cli.read(input);
    Path link = Files.createSymbolicLink(folder.resolve("link.jsonl"), input);
    for (Path same : List.of(input, link)) {
      output = same;
      assertThat(run("vqa").refusal(ExitCode.USAGE)).contains("would overwrite the input " + input);
      assertThat(Cli.read(input)).isEqualTo(rows);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void writesToWhatALinkLeadsToAndToPipes() throws Exception {
    questions(2);
    run("vqa").answer();
    String expected = Cli.read(output);
    Path target = Files.move(output, folder.resolve("target"));
    Files.writeString(target, "old");
    Files.createSymbolicLink(output, target);
    run("vqa").answer();
    assertThat(output).isSymbolicLink();
    assertThat(target).hasContent(expected);

    output = folder.resolve("pipe.jsonl");
    assertThat(new ProcessBuilder("mkfifo", output.toString()).start().waitFor()).isZero();
    CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> Cli.read(output));
    run("vqa").answer();
    assertThat(read.get(1, TimeUnit.MINUTES)).isEqualTo(expected);
    assertThat(run("vqa", "--resume").refusal(ExitCode.USAGE)).contains("needs a file");
  }

  @Test
  void writesOnePartialFileAtATime() {
    questions(1);
    try (PartialReplies other =
        PartialReplies.open(output, TaskName.VQA, new RunIdentity(Map.of()), null)) {
      assertThat(other.rows()).isZero();
      assertThat(run("vqa", "--resume").refusal(ExitCode.BAD_INPUT))
          .contains("another run is writing it");
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void outputsMayHaveNamesAsLongAsTheFileSystemAllows() {
    questions(1);
    run("vqa").answer();
    String expected = Cli.read(output);
    for (int length : new int[] {180, 213, 214, 243, 244, 255}) {
      output = folder.resolve("o".repeat(length - ".jsonl".length()) + ".jsonl");
      run("vqa").answer();
      assertThat(output).hasContent(expected);
      Cli.Result resumed = run("vqa", "--resume");
      if (length <= 243) {
        resumed.answer();
      } else {
        assertThat(resumed.refusal(ExitCode.INTERNAL_ERROR))
            .contains(".partial", ": cannot be written (File name too long)");
      }
    }
  }

  @Test
  void refusesAnOutputWhoseNameIsNotUtf8() {
    questions(1);
    output = folder.resolve("\ufffd.jsonl"); // as Java reads a name in another encoding
    assertThat(run("vqa").refusal(ExitCode.USAGE)).contains("expected a name in UTF-8");
    assertThat(output).doesNotExist();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void readsAndWritesPipesWithoutAnEnding() throws Exception {
    questions(2);
    run("vqa").answer();
    String expected = Cli.read(output);
    String rows = Cli.read(input).replace("scene-", folder.resolve("in") + "/scene-");
    input = folder.resolve("rows");
    output = folder.resolve("answers");
    for (Path pipe : List.of(input, output)) {
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    }
    CompletableFuture<Path> written = CompletableFuture.supplyAsync(() -> Cli.write(input, rows));
    CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> Cli.read(output));
    run("vqa").answer();
    written.get(1, TimeUnit.MINUTES);
    assertThat(read.get(1, TimeUnit.MINUTES)).isEqualTo(expected);
  }

  @Test
  void readsAndWritesPipes() {
    questions(3);
    run("vqa").answer();
    String expected = Cli.read(output);
    InputStream usual = System.in;
    System.setIn(
        new ByteArrayInputStream(
            Cli.read(input)
                .replace("scene-", folder.resolve("in") + "/scene-")
                .getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(Cli.runTask("vqa", "--input", "-", "--output", "-").answer()).isEqualTo(expected);
    } finally {
      System.setIn(usual);
    }
  }

  /** The two bytes that begin UTF-16 begin a stream of Arrow as well, nearly. */
  @Test
  void namesAPipeOfUtf16() {
    InputStream usual = System.in;
    System.setIn(new ByteArrayInputStream("\ufeff{}".getBytes(StandardCharsets.UTF_16LE)));
    try {
      assertThat(Cli.runTask("vqa", "--input", "-", "--output", "-").refusal(3))
          .contains("-: expected UTF-8, found UTF-16");
    } finally {
      System.setIn(usual);
    }
  }

  @Test
  void verbosePrintsASummary() {
    questions(2);
    assertThat(run("vqa", "--verbose").err())
        .matches("visualbert run: 2 rows, 0 of them invalid, in [0-9.]+ s, [0-9.]+ rows/s\\R");
  }

  @Test
  void reportsATruncatedText() {
    rows("{'image': 'scene-1.png', 'question': '" + "a ring ".repeat(1000) + "'}");
    run("vqa").answer();
    assertThat(Cli.read(output)).endsWith(",\"truncated\":true}\n");
  }

  @Test
  void refusesInconsistentOptions() {
    rows("{}");
    record Case(String expected, List<Object> args) {}
    List<Case> cases =
        List.of(
            new Case("--input needs --output", List.of("--input", input)),
            new Case("ending in .jsonl", List.of("--input", "rows.csv", "--output", output)),
            new Case("ending in .jsonl", List.of("--input", input, "--output", "a.csv")),
            new Case(
                "not both", List.of("--input", input, "--output", output, "--question", "why?")),
            new Case(
                "--resume needs a file", List.of("--input", input, "--output", "-", "--resume")),
            new Case(
                "there is no folder", List.of("--input", input, "--output", "/no/such/a.jsonl")),
            new Case(
                "--fail-fast goes with --input",
                List.of("--fail-fast", "--image", "a.png", "--question", "a")));
    for (Case each : cases) {
      assertThat(Cli.runTask("vqa", each.args().toArray()).refusal(ExitCode.USAGE))
          .contains(each.expected());
    }
    input = folder.resolve("none.jsonl");
    assertThat(run("vqa").refusal(ExitCode.BAD_INPUT))
        .contains("none.jsonl: expected JSON lines, found no such file");
  }
}
