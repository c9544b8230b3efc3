package io.github.visualbert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.Row;
import io.github.visualbert.cli.batch.arrow.ArrowRowSource;
import io.github.visualbert.cli.batch.json.PartialReplies;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads Arrow files of pyarrow and writes Arrow files; compares both with JSON lines. */
class ArrowRunTest {
  private static final int MUTATIONS = Integer.getInteger("mutations", 1);
  private static final int HIDDEN = 128; // of the demo models
  private static final Path ARROW = Cli.TESTDATA.resolve("arrow");
  private static final List<String> QUESTIONS =
      List.of(
          "what is the colour of the ring?",
          "what is the large red thing",
          "what size is the blue circle?",
          "is there a h\u00e9art?");

  @TempDir private Path folder;

  private static Cli.Result run(String task, Path input, Path output) {
    return Cli.runTask(task, "--top-k", 2, "--input", input, "--output", output);
  }

  /** Answers the questions of the Arrow files from JSON lines. */
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
            new Case("lz4.feather", names),
            new Case("polars.arrow", names),
            new Case("tensors.arrow", names),
            new Case("views.arrow", names),
            new Case("fixed.arrows", List.of("1", "2", "3", "4")),
            new Case("extraction.arrow", List.of("11", "12", "13", "14")),
            new Case(
                "uint64.arrow", List.of("18446744073709551615", "9223372036854775808", "7", "8")),
            new Case("floats.arrow", List.of("1", "2", "2.5", "9.007199254740992E15")),
            new Case(
                "uuids.arrow",
                List.of(
                    "\"00010203-0405-0607-0809-0a0b0c0d0e0f\"",
                    "\"01020304-0506-0708-090a-0b0c0d0e0f10\"",
                    "\"02030405-0607-0809-0a0b-0c0d0e0f1011\"",
                    "\"03040506-0708-090a-0b0c-0d0e0f101112\"")))) {
      Path output = folder.resolve("answers.jsonl");
      run("vqa", ARROW.resolve(each.file()), output).answer();
      assertThat(Cli.read(output)).as(each.file()).isEqualTo(expected(each.ids()));
    }
  }

  @Test
  void readsFilesByTheirPathsAndReportsInvalidRows() {
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
  void readsPicturesOfDatasets() {
    Path output = folder.resolve("answers.jsonl");
    Cli.Result result = run("vqa", ARROW.resolve("pictures.arrow"), output);
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    List<String> lines = Cli.read(output).lines().toList();
    List<String> good = expected(List.of("\"q1\"", "\"q2\"", "\"q3\"", "\"q4\"")).lines().toList();
    assertThat(lines.subList(0, 3)).isEqualTo(good.subList(0, 3));
    assertThat(lines.get(3))
        .startsWith("{\"id\":\"q4\",\"error\":\"row 4: image scene-2.png: expected a PNG or JPEG");
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
    assertThat(Cli.filesIn(folder)).as("no temporary files are left").isEmpty();
  }

  /** Reads the answers of vqa with Arrow's own reader, and writes them as JSON lines. */
  private static String decode(byte[] bytes, boolean file) throws IOException {
    StringBuilder lines = new StringBuilder();
    try (BufferAllocator allocator = new RootAllocator();
        ArrowReader reader =
            file
                ? new ArrowFileReader(new ByteArrayReadableSeekableByteChannel(bytes), allocator)
                : new ArrowStreamReader(new ByteArrayInputStream(bytes), allocator)) {
      while (reader.loadNextBatch()) {
        VectorSchemaRoot root = reader.getVectorSchemaRoot();
        ListVector answers = (ListVector) root.getVector("answers");
        StructVector structs = (StructVector) answers.getDataVector();
        for (int row = 0; row < root.getRowCount(); row++) {
          JsonWriter json = new JsonWriter().beginObject();
          Object id = root.getVector("id").getObject(row);
          if (id instanceof Long number) {
            json.field("id", number);
          } else {
            json.field("id", id.toString());
          }
          if (!root.getVector("error").isNull(row)) {
            assertThat(answers.isNull(row)).isTrue();
            json.field("error", root.getVector("error").getObject(row).toString());
            lines.append(json.endObject()).append('\n');
            continue;
          }
          json.field("task", "vqa").name("answers").beginArray();
          for (int i = answers.getElementStartIndex(row);
              i < answers.getElementEndIndex(row);
              i++) {
            int label = (int) structs.getChild("label").getObject(i);
            json.beginObject();
            json.field("label", reader.lookup(0).getVector().getObject(label).toString());
            json.field("index", (int) structs.getChild("index").getObject(i));
            if (structs.getChild("placeholder") != null) {
              json.field("placeholder", (boolean) structs.getChild("placeholder").getObject(i));
            }
            json.field("score", (double) structs.getChild("score").getObject(i)).endObject();
          }
          lines.append(json.endArray().endObject()).append('\n');
        }
      }
    }
    return lines.toString();
  }

  @Test
  void marksAnswersWithoutNames() throws IOException {
    Path model = TinyModel.write(folder.resolve("model"), DType.F32);
    new SafetensorsWriter()
        .add(
            "features", Tensor.of(new float[TinyModel.REGION_NUMBERS], 1, TinyModel.REGION_NUMBERS))
        .write(folder.resolve("f.safetensors"));
    Path input =
        Cli.write(
            folder.resolve("in.jsonl"),
            "{\"features\": \"f.safetensors\", \"question\": \"what?\"}");
    Path lines = folder.resolve("lines.jsonl");
    Path columns = folder.resolve("columns.arrow");
    for (Path output : List.of(lines, columns)) {
      Cli.Result result =
          Cli.run("run", "--task", "vqa", "--model", model, "--input", input, "--output", output);
      assertThat(result.exitCode()).as(result.err()).isZero();
    }
    assertThat(decode(Files.readAllBytes(columns), true))
        .isEqualTo(Cli.read(lines))
        .contains("\"placeholder\":true");
  }

  @Test
  void reportsWhatItCannotRead() throws IOException {
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
            new Case("found zstd; write it with", "vqa", ARROW.resolve("zstd.feather")),
            new Case("expected a column statement", "nlvr2", ARROW.resolve("list.arrow")),
            new Case("cost: expected decimals of 128", "vqa", ARROW.resolve("decimal64.arrow")),
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

  /** Reads files of pyarrow with a few bytes changed or the end cut off. */
  @Test
  void survivesDamage() throws IOException {
    Random random = new Random(7);
    try (VisualBert model = VisualBert.builder(Cli.DEMO.resolve("vqa")).provider("scalar").open()) {
      RequestReader parser = new RequestReader(TaskName.VQA, new PictureCache(model, ARROW));
      for (String name :
          List.of(
              "paths.arrow",
              "list.arrow",
              "fixed.arrows",
              "extraction.arrow",
              "dictionary.arrow",
              "lz4.feather",
              "polars.arrow",
              "tensors.arrow",
              "views.arrow",
              "pictures.arrow")) {
        byte[] good = Files.readAllBytes(ARROW.resolve(name));
        int refused = 0;
        for (int i = 0; i < 200 * MUTATIONS; i++) {
          Path file = folder.resolve("damaged-" + i);
          byte[] damaged = damaged(good, random);
          try (ArrowRowSource source =
              random.nextBoolean()
                  ? ArrowRowSource.open(Files.write(file, damaged), parser)
                  : ArrowRowSource.open(file, new ByteArrayInputStream(damaged), parser)) {
            int rows = 0;
            for (Row row; (row = source.next()) != null; rows++) {
              assertThat(rows).isLessThan(1000);
              if (row instanceof Row.Asked asked) { // its numbers must be readable
                VisualFeatures picture = asked.request().picture();
                picture.get(picture.regions() - 1, picture.dim() - 1);
              }
            }
          } catch (InputException e) {
            assertThat(e.getMessage()).startsWith(file + ": ");
            refused++;
          }
          Files.deleteIfExists(file);
        }
        assertThat(refused).as("some damage is detected in %s", name).isPositive();
      }
    }
  }

  private static byte[] damaged(byte[] good, Random random) {
    if (random.nextInt(20) == 0) {
      return Arrays.copyOf(good, random.nextInt(good.length));
    }
    byte[] damaged = good.clone();
    int begin = random.nextInt(3) == 0 ? Math.max(8, good.length - 1800) : 8; // of the footer
    int end = random.nextInt(3) == 0 ? good.length : Math.min(good.length, begin + 2600);
    for (int flips = random.nextInt(4); flips >= 0; flips--) {
      int at = random.nextInt(begin, end);
      damaged[at] =
          switch (random.nextInt(3)) {
            case 0 -> -1;
            case 1 -> (byte) (damaged[at] ^ 1 << random.nextInt(8));
            default -> (byte) random.nextInt();
          };
    }
    return damaged;
  }

  @Test
  void readsDictionariesLargeListsAndDoublesAndReportsNulls() {
    Path output = folder.resolve("answers.jsonl");
    Cli.Result result = run("vqa", ARROW.resolve("dictionary.arrow"), output);
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    List<String> good = expected(List.of("\"q1\"", "\"q2\"", "\"q3\"", "\"q4\"")).lines().toList();
    assertThat(Cli.read(output).lines())
        .containsExactly(
            good.get(0),
            good.get(1),
            "{\"id\":\"q3\",\"error\":\"row 3: question: expected a string, found nothing\"}",
            "{\"id\":\"q4\",\"error\":\"row 4: visual_embeds has a null, expected numbers\"}");
  }

  @Test
  void readsFloatsInPlace() {
    try (VisualBert model = VisualBert.builder(Cli.DEMO.resolve("vqa")).provider("scalar").open()) {
      RequestReader parser = new RequestReader(TaskName.VQA, new PictureCache(model, ARROW));
      for (String name :
          List.of(
              "list.arrow", "fixed.arrows", "extraction.arrow", "polars.arrow", "tensors.arrow")) {
        Row row;
        try (ArrowRowSource source = ArrowRowSource.open(ARROW.resolve(name), parser)) {
          row = source.next();
        }
        VisualFeatures picture = ((Row.Asked) row).request().picture();
        assertThat(picture.tensor().data().isMapped()).as(name).isTrue();
        assertThat(picture.toArray()).as("after the file is closed").hasSize(16 * 196);
      }
    }
  }

  @Test
  void readsAPipe() throws IOException {
    InputStream usual = System.in;
    for (String name : List.of("list.arrow", "lz4.feather")) {
      try (InputStream in = Files.newInputStream(ARROW.resolve(name))) {
        System.setIn(in);
        assertThat(run("vqa", Path.of("-"), Path.of("-")).answer())
            .isEqualTo(expected(List.of("\"q1\"", "\"q2\"", "\"q3\"", "\"q4\"")));
      } finally {
        System.setIn(usual);
      }
    }
  }

  /** Enough rows for several record batches in and out; the last ones are invalid. */
  @Test
  void answersManyRowsAsJsonLinesDo() throws IOException {
    int count = 2500;
    StringBuilder lines = new StringBuilder();
    Path arrow = folder.resolve("rows.arrow");
    Field id = Field.notNullable("id", new ArrowType.Int(64, true));
    Field image = Field.nullable("image", ArrowType.Utf8.INSTANCE);
    Field question = Field.nullable("question", ArrowType.Utf8.INSTANCE);
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root =
            VectorSchemaRoot.create(new Schema(List.of(id, image, question)), allocator);
        FileOutputStream out = new FileOutputStream(arrow.toFile());
        ArrowFileWriter writer = new ArrowFileWriter(root, null, out.getChannel())) {
      for (int i = 0, row = 0; i < count; i++) {
        String picture = Cli.DEMO.resolve("images/scene-" + (i / 7 % 8 + 1) + ".png").toString();
        String asked = i < count - 3 ? QUESTIONS.get(i % 4) : null;
        ((BigIntVector) root.getVector("id")).setSafe(row, i);
        ((VarCharVector) root.getVector("image")).setSafe(row, picture.getBytes(UTF_8));
        if (asked != null) {
          ((VarCharVector) root.getVector("question")).setSafe(row, asked.getBytes(UTF_8));
        }
        JsonWriter json = new JsonWriter().beginObject().field("id", i).field("image", picture);
        lines.append(asked == null ? json.endObject() : json.field("question", asked).endObject());
        lines.append('\n');
        if (++row == 999 || i == count - 1) {
          root.setRowCount(row);
          writer.writeBatch();
          root.clear();
          row = 0;
        }
      }
    }
    Path jsonl = Cli.write(folder.resolve("rows.jsonl"), lines.toString());
    Path expected = folder.resolve("expected.jsonl");
    assertThat(run("vqa", jsonl, expected).err().lines()).hasSize(3);
    Path answers = folder.resolve("answers.jsonl");
    assertThat(run("vqa", arrow, answers).err().lines()).hasSize(3);
    assertThat(Cli.read(answers).replace(": row ", ": line ").replace("row ", "line "))
        .isEqualTo(Cli.read(expected));
    Path columns = folder.resolve("answers.arrow");
    assertThat(run("vqa", arrow, columns).err().lines()).hasSize(3);
    assertThat(decode(Files.readAllBytes(columns), true)).isEqualTo(Cli.read(answers));
  }

  @Test
  void resumesFromAnyCutToTheSameBytes() throws IOException {
    record Case(String task, String row, List<Object> more) {}
    String scene = Cli.DEMO.resolve("images/scene-1.png").toString();
    String features = Cli.DEMO.resolve("images/features/scene-1.npy").toString();
    for (Case each :
        List.of(
            new Case(
                "vqa", "'image':'" + scene + "','question':'what colour is the ring?'", List.of()),
            new Case(
                "flickr",
                "'image':'" + scene + "','caption':'a blue ring','phrases':['blue','ring','ring']",
                List.of()),
            new Case(
                "pretrain", "'image':'" + scene + "','text':'a [MASK] in the [MASK]'", List.of()),
            new Case("pretrain", "'image':'" + scene + "','text':'a ring'", List.of()),
            new Case(
                "encode",
                "'features':'" + features + "','text':'a ring'",
                List.of("--last-hidden-state")))) {
      String row = "{" + each.row().replace('\'', '"') + "}\n";
      Path input = Cli.write(folder.resolve("rows.jsonl"), row + row + "{}\n" + row);
      Path output = folder.resolve("answers.arrow");
      runTo(each.task(), input, output, each.more());
      byte[] whole = Files.readAllBytes(output);
      Files.delete(output);
      Path lines = folder.resolve("lines.jsonl");
      runTo(each.task(), input, lines, each.more());
      byte[] partial = Files.readAllBytes(lines);
      for (int cut : List.of(0, 1, partial.length / 2, partial.length - 1, partial.length)) {
        Files.write(PartialReplies.of(output), Arrays.copyOf(partial, cut));
        TaskName task = TaskName.of(each.task()).orElseThrow();
        Cli.writeIdentity(task, input, output, 5, each.more().contains("--last-hidden-state"));
        Cli.write(folder.resolve("answers.arrow.partial.tmp.batches"), "of a run that was killed");
        List<Object> more = new ArrayList<>(each.more());
        more.add("--resume");
        runTo(each.task(), input, output, more);
        assertThat(Files.readAllBytes(output)).as("%s cut at %d", each.row(), cut).isEqualTo(whole);
        Files.delete(output);
        assertThat(Cli.filesIn(folder)).containsExactly(lines, input);
      }
      Files.delete(lines);
    }
  }

  @Test
  void resumesWithMoreNumbersThanTheLimitOfJson() throws IOException {
    int rows = Json.MAX_VALUES / HIDDEN + 1;
    String vector = "[" + "0.5,".repeat(HIDDEN - 1) + "0.5]";
    Path output = folder.resolve("vectors.arrow");
    Cli.write(
        PartialReplies.of(output),
        "{\"id\":1,\"task\":\"encode\",\"pooler_output\":%s,\"last_hidden_state\":[%s]}\n"
            .formatted(vector, (vector + ",").repeat(rows - 1) + vector));
    Path input = Cli.write(folder.resolve("rows.jsonl"), "{\"id\": 1}\n");
    Cli.writeIdentity(TaskName.ENCODE, input, output, 5, true);
    Cli.run(
            "run",
            "--task",
            "encode",
            "--last-hidden-state",
            "--resume",
            "--input",
            input,
            "--output",
            output)
        .answer();
    try (BufferAllocator allocator = new RootAllocator();
        ArrowReader reader =
            new ArrowFileReader(
                new ByteArrayReadableSeekableByteChannel(Files.readAllBytes(output)), allocator)) {
      assertThat(reader.loadNextBatch()).isTrue();
      ListVector states = (ListVector) reader.getVectorSchemaRoot().getVector("last_hidden_state");
      assertThat(states.getElementEndIndex(0)).isEqualTo(rows);
    }
  }

  private static void runTo(String task, Path input, Path output, List<Object> more) {
    List<Object> args = new ArrayList<>(List.of("--input", input, "--output", output));
    args.addAll(more);
    Cli.Result result = Cli.runTask(task, args.toArray());
    assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.BAD_INPUT);
  }
}
