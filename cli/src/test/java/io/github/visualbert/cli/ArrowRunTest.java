package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.VisualBert;
import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrow files that pyarrow wrote in, and Arrow files out, against the same rows as JSON lines. */
class ArrowRunTest {
  private static final Path ARROW = Cli.TESTDATA.resolve("arrow");
  private static final List<String> QUESTIONS =
      List.of(
          "what is the colour of the ring?",
          "what is the large red thing",
          "what size is the blue circle?",
          "is there a h\u00e9art?");

  @TempDir private Path folder;

  private static Cli.Result run(String task, Path input, Path output) {
    return Cli.run("run", "--task", task, "--top-k", 2, "--input", input, "--output", output);
  }

  /** Answers the questions of the Arrow files, asked by JSON lines. */
  private String expected(List<String> ids) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < QUESTIONS.size(); i++) {
      lines.append(
          "{\"id\":%s,\"features\":\"%s\",\"question\":\"%s\"}\n"
              .formatted(
                  ids.get(i),
                  Cli.DEMO.resolve("images/features/scene-" + (i % 2 + 1) + ".npy"),
                  QUESTIONS.get(i)));
    }
    Path input = Cli.write(folder.resolve("rows.jsonl"), lines.toString());
    run("vqa", input, folder.resolve("expected.jsonl")).answer();
    return Cli.read(folder.resolve("expected.jsonl"));
  }

  @Test
  void readsWhatPyarrowWrote() {
    record Case(String file, List<String> ids) {}
    List<String> names = List.of("\"q1\"", "\"q2\"", "\"q3\"", "\"q4\"");
    for (Case each :
        List.of(
            new Case("list.arrow", names),
            new Case("fixed.arrows", List.of("1", "2", "3", "4")),
            new Case("extraction.arrow", List.of("11", "12", "13", "14")))) {
      Path output = folder.resolve("answers.jsonl");
      run("vqa", ARROW.resolve(each.file()), output).answer();
      assertThat(Cli.read(output)).as(each.file()).isEqualTo(expected(each.ids()));
    }
  }

  @Test
  void readsFilesByTheirPathsAndTellsOfRowsAtFault() {
    Path output = folder.resolve("answers.jsonl");
    Cli.Result result = run("vqa", ARROW.resolve("paths.arrow"), output);
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(result.err())
        .isEqualToNormalizingNewlines(
            "visualbert run: %s: row 4: expected image, images or features\n"
                .formatted(ARROW.resolve("paths.arrow")));
    List<String> lines = Cli.read(output).lines().toList();
    assertThat(lines.subList(0, 3))
        .isEqualTo(
            expected(List.of("\"q1\"", "\"q2\"", "\"q3\"", "\"q4\"")).lines().limit(3).toList());
    assertThat(lines.get(3))
        .isEqualTo("{\"id\":\"q4\",\"error\":\"row 4: expected image, images or features\"}");
  }

  @Test
  void readsListsOfPhrases() {
    Path output = folder.resolve("answers.jsonl");
    run("flickr", ARROW.resolve("grounding.arrow"), output).answer();
    assertThat(Cli.read(output).lines().map(line -> line.split("\"phrase\"").length - 1))
        .containsExactly(4, 2);
  }

  @Test
  void writesTheSameAnswers() throws IOException {
    for (String name : List.of("answers.arrow", "answers.arrows", "answers.ipc")) {
      Path output = folder.resolve(name);
      run("vqa", ARROW.resolve("list.arrow"), output).answer();
      assertThat(decode(Files.readAllBytes(output), name.endsWith(".arrow")))
          .isEqualTo(expected(List.of("\"q1\"", "\"q2\"", "\"q3\"", "\"q4\"")));
      Files.delete(output);
    }
    Files.delete(folder.resolve("rows.jsonl"));
    Files.delete(folder.resolve("expected.jsonl"));
    assertThat(Cli.filesIn(folder)).as("nothing is left behind").isEmpty();
  }

  /** Reads the answers of vqa with Arrow's own classes, and writes them as JSON lines. */
  private static String decode(byte[] bytes, boolean file) {
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int position = file ? 8 : 0;
    List<String> labels = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    while (data.getInt(position + 4) != 0) {
      assertThat(data.getInt(position)).isEqualTo(-1);
      int size = data.getInt(position + 4);
      assertThat((position + 8 + size - (file ? 8 : 0)) % 8).isZero();
      Message message =
          Message.getRootAsMessage(data.slice(position + 8, size).order(ByteOrder.LITTLE_ENDIAN));
      position += 8 + size;
      int body = position;
      position += (int) message.bodyLength();
      if (message.headerType() == MessageHeader.DictionaryBatch) {
        RecordBatch values = ((DictionaryBatch) message.header(new DictionaryBatch())).data();
        for (int i = 0; i < values.length(); i++) {
          labels.add(text(data, body, values, 1, i));
        }
      } else if (message.headerType() == MessageHeader.RecordBatch) {
        RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
        int offsets = body + (int) batch.buffers(9).offset();
        for (int i = 0; i < batch.length(); i++) {
          JsonWriter json = new JsonWriter().beginObject();
          json.field("id", text(data, body, batch, 1, i)).field("task", "vqa");
          json.name("answers").beginArray();
          for (int j = data.getInt(offsets + 4 * i); j < data.getInt(offsets + 4 * i + 4); j++) {
            int label = data.getInt(body + (int) batch.buffers(12).offset() + 4 * j);
            json.beginObject().field("label", labels.get(label));
            json.field("index", data.getInt(body + (int) batch.buffers(14).offset() + 4 * j));
            json.field("score", data.getDouble(body + (int) batch.buffers(16).offset() + 8 * j));
            json.endObject();
          }
          lines.append(json.endArray().endObject()).append('\n');
        }
      }
    }
    return lines.toString();
  }

  private static String text(ByteBuffer data, int body, RecordBatch batch, int buffer, int row) {
    int offsets = body + (int) batch.buffers(buffer).offset() + 4 * row;
    byte[] utf8 = new byte[data.getInt(offsets + 4) - data.getInt(offsets)];
    data.get(body + (int) batch.buffers(buffer + 1).offset() + data.getInt(offsets), utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  @Test
  void namesWhatItCannotRead() throws IOException {
    byte[] good = Files.readAllBytes(ARROW.resolve("list.arrow"));
    Path output = folder.resolve("answers.jsonl");
    Path bad = folder.resolve("bad.arrow");
    record Case(String expected, String task, Path file) {}
    Files.write(bad, Arrays.copyOf(good, good.length - 1));
    Path text = Cli.write(folder.resolve("text.arrow"), "this is no Arrow file at all");
    Path empty = Cli.write(folder.resolve("empty.arrows"), "");
    for (Case each :
        List.of(
            new Case("found one cut short", "vqa", bad),
            new Case("found it compressed", "vqa", ARROW.resolve("compressed.arrow")),
            new Case("expected a column statement", "nlvr2", ARROW.resolve("list.arrow")),
            new Case("expected", "vqa", text),
            new Case("expected an Arrow schema", "vqa", empty),
            new Case("no such file", "vqa", folder.resolve("none.arrow")))) {
      assertThat(run(each.task(), each.file(), output).refusal(ExitCode.BAD_INPUT))
          .startsWith("visualbert run: " + each.file() + ": ")
          .contains(each.expected());
    }
    Files.write(bad.resolveSibling("half.arrows"), Arrays.copyOfRange(good, 8, good.length / 2));
    assertThat(run("vqa", bad.resolveSibling("half.arrows"), output).refusal(ExitCode.BAD_INPUT))
        .contains("bytes of data at byte");
  }

  @Test
  void survivesDamage() throws IOException {
    Random random = new Random(7);
    try (VisualBert model = VisualBert.builder(Cli.DEMO.resolve("vqa")).provider("scalar").open()) {
      RowParser parser = new RowParser(TaskName.VQA, new Pictures(model, ARROW));
      for (String name : List.of("paths.arrow", "list.arrow")) {
        byte[] good = Files.readAllBytes(ARROW.resolve(name));
        int interesting = Math.min(good.length, 1600); // the schema and the first batch's metadata
        int refused = 0;
        for (int i = 0; i < 400; i++) {
          byte[] damaged = good.clone();
          for (int flips = random.nextInt(4); flips >= 0; flips--) {
            damaged[8 + random.nextInt(interesting - 8)] =
                (byte) (random.nextBoolean() ? -1 : random.nextInt());
          }
          Path file = Files.write(folder.resolve("damaged-" + i), damaged);
          try (ArrowRowSource source = ArrowRowSource.open(file, parser)) {
            int rows = 0;
            while (rows < 100 && source.next() != null) {
              rows++;
            }
            assertThat(rows).isLessThan(100);
          } catch (InputException e) {
            assertThat(e.getMessage()).startsWith(file + ": ");
            refused++;
          }
          Files.delete(file);
        }
        assertThat(refused).as("some damage is seen").isPositive();
      }
    }
  }

  @Test
  void doesNotResumeArrow() {
    assertThat(
            Cli.run(
                    "run",
                    "--task",
                    "vqa",
                    "--resume",
                    "--input",
                    ARROW.resolve("list.arrow"),
                    "--output",
                    folder.resolve("a.arrow"))
                .refusal(ExitCode.USAGE))
        .contains("--resume needs a .jsonl file");
  }
}
