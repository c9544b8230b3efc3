package io.github.visualbert.cli;

import static io.github.visualbert.cli.ArrowTable.BINARY;
import static io.github.visualbert.cli.ArrowTable.FLOAT32;
import static io.github.visualbert.cli.ArrowTable.FLOAT64;
import static io.github.visualbert.cli.ArrowTable.LIST;
import static io.github.visualbert.cli.ArrowTable.TEXT;
import static io.github.visualbert.cli.ArrowTable.field;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the rows hold, a run answers each or says why not, and ends with their end. {@code
 * -Drows=20000} tries more.
 */
class RandomRowsTest {
  private static final int ROWS = Integer.getInteger("rows", 150);
  private static final int TABLE_ROWS = 300;
  private static final int DAMAGED_ROWS = 20;
  private static final String[] FEATURES = {
    "float16.npy", "authors.npz", "bottom-up.tsv#1", "lxmert.tsv##0", "pictures.npz#b",
    "pictures.safetensors##2", "tensor.pt", "pictures.th##1", "README.md", "missing.tsv#1"
  };
  private static final String[] QUESTIONS = {
    "what is the colour of the ring?", "", " ", "?", "\u00e9\u0000\ud83d\ude00", "[MASK] [SEP]"
  };

  private final Random random = new Random(Integer.getInteger("seed", 5));
  private final List<byte[]> pictures = new ArrayList<>();
  private byte[] features;

  @TempDir private Path folder;

  @BeforeEach
  void files() throws IOException {
    for (String name : List.of("images/scene-1.png", "images/scene-2.png")) {
      pictures.add(Files.readAllBytes(Cli.DEMO.resolve(name)));
    }
    pictures.add(Files.readAllBytes(Cli.TESTDATA.resolve("pictures/cmyk.jpg")));
    features = Files.readAllBytes(Cli.DEMO.resolve("images/features/scene-1.npy"));
    Files.write(folder.resolve("scene.png"), pictures.getFirst());
    Files.write(folder.resolve("scene.npy"), features);
    for (String name : FEATURES) {
      Path file = Cli.TESTDATA.resolve("features").resolve(name.split("#")[0]);
      if (Files.exists(file) && !Files.exists(folder.resolve(file.getFileName()))) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  @SafeVarargs
  private <T> T any(T... values) {
    return values[random.nextInt(values.length)];
  }

  private byte[] mutated(byte[] bytes) {
    byte[] mutated =
        random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
    for (int flips = random.nextInt(4); flips > 0 && mutated.length > 0; flips--) {
      mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
    }
    return mutated;
  }

  private byte[] picture() {
    return random.nextInt(3) == 0 ? mutated(any(pictures.toArray(byte[][]::new))) : pictures.get(0);
  }

  /** The path of a file, good, damaged, or of another kind. */
  private String file(boolean picture, int row) throws IOException {
    switch (random.nextInt(5)) {
      case 0 -> {
        String name = "mutated-" + row % 50 + (picture ? ".png" : ".npy");
        Files.write(folder.resolve(name), mutated(picture ? picture() : features));
        return name;
      }
      case 1 -> {
        return any("", ".", "\u0000", "no/such.file", "x".repeat(300), "a#b##c", "http://a/b.png");
      }
      case 2 -> {
        return picture ? any("scene.npy", "data:image/png;base64,AAAA", "data:,") : any(FEATURES);
      }
      default -> {
        return picture ? "scene.png" : "scene.npy";
      }
    }
  }

  private String value(int row) throws IOException {
    String base64 = Base64.getEncoder().encodeToString(picture());
    return any(
        "null",
        "true",
        "-1.5e300",
        "123456789012345678901234567890",
        "[]",
        "{}",
        "[[[]]]",
        "[\"scene.png\", \"scene.png\"]",
        "[null]",
        "\"scene.png\"",
        "\"\\ud83d\\ude00\"",
        "{\"bytes\": \"" + base64 + "\"}",
        "{\"bytes\": \"%%\", \"path\": \"" + row + "\"}",
        "{\"bytes\": null, \"path\": \"scene.png\"}",
        "[{\"bytes\": \"" + base64 + "\"}]",
        "\"data:image/png;base64," + base64 + "\"");
  }

  private byte[] line(int row) throws IOException {
    Map<String, String> fields = new HashMap<>();
    fields.put("id", random.nextInt(10) == 0 ? value(row) : Integer.toString(row));
    fields.put("question", quoted(any(QUESTIONS)));
    boolean image = random.nextBoolean();
    fields.put(image ? "image" : "features", quoted(file(image, row)));
    if (random.nextInt(4) == 0) {
      fields.put(any("question", "image", "images", "features", "id"), value(row));
    }
    if (random.nextInt(4) == 0) {
      fields.remove(any("question", "image", "features", "id"));
    }
    List<String> members = new ArrayList<>();
    fields.forEach((name, value) -> members.add("\"" + name + "\":" + value));
    byte[] line = ("{" + String.join(",", members) + "}").getBytes(StandardCharsets.UTF_8);
    return random.nextInt(8) == 0 ? withoutLineEnds(mutated(line)) : line;
  }

  /** Keeps a damaged line a line, and not an empty one. */
  private static byte[] withoutLineEnds(byte[] line) {
    for (int i = 0; i < line.length; i++) {
      line[i] = line[i] == '\n' || line[i] == '\r' ? (byte) 'x' : line[i];
    }
    return line.length == 0 ? new byte[] {'x'} : line;
  }

  private static String quoted(String text) {
    return new JsonWriter().value(text).toString();
  }

  @Test
  void answersJsonLines() throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (int row = 0; row < ROWS; row++) {
      lines.write(line(row));
      lines.write('\n');
    }
    Path input = folder.resolve("rows.jsonl");
    Files.write(input, lines.toByteArray());
    assertEveryRowIsAnswered(input, ROWS, "line ");
  }

  private Object number() {
    return any(0f, 1f, -1.5f, Float.NaN, Float.POSITIVE_INFINITY, 1e-40f, null);
  }

  private List<List<Object>> regions() {
    int rows = random.nextInt(4);
    int dim = random.nextInt(4) == 0 ? random.nextInt(3) : 196;
    List<List<Object>> regions = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      List<Object> region = new ArrayList<>();
      for (int j = random.nextInt(20) == 0 ? 1 : 0; j < dim; j++) {
        region.add(random.nextInt(2000) == 0 ? number() : (Object) random.nextFloat());
      }
      regions.add(random.nextInt(40) == 0 ? null : region);
    }
    return regions;
  }

  /** A table whose columns are of random types that the task reads. */
  private Path table(int rows) throws IOException {
    ArrowType text = any(TEXT, ArrowType.LargeUtf8.INSTANCE, ArrowType.Utf8View.INSTANCE);
    ArrowType list = any(LIST, ArrowType.LargeList.INSTANCE, ArrowType.ListView.INSTANCE);
    ArrowType binary = any(BINARY, ArrowType.LargeBinary.INSTANCE, ArrowType.BinaryView.INSTANCE);
    Field[] fields = {
      field("id", any(text, FLOAT64)),
      field("question", text),
      field("image", binary),
      field("features", text),
      field(
          "images",
          list,
          field("item", ArrowType.Struct.INSTANCE, field("bytes", binary), field("path", text))),
      field("visual_embeds", list, field("item", list, field("item", FLOAT32)))
    };
    List<List<Object>> columns = new ArrayList<>();
    for (Field _ : fields) {
      columns.add(new ArrayList<>());
    }
    for (int row = 0; row < rows; row++) {
      int kind = random.nextInt(6);
      columns
          .get(0)
          .add(
              fields[0].getType().equals(FLOAT64)
                  ? any(7.0, 1.5, Double.NaN, (double) row, null)
                  : any("a", "", null, "id " + row));
      columns
          .get(1)
          .add(random.nextInt(10) == 0 ? any(null, new byte[] {-1, 'a'}) : any(QUESTIONS));
      columns.get(2).add(kind == 0 || kind == 5 ? picture() : null);
      columns.get(3).add(kind == 1 || kind == 5 ? file(false, row) : null);
      Map<String, Object> struct = new HashMap<>();
      struct.put("bytes", random.nextBoolean() ? picture() : null);
      struct.put("path", random.nextBoolean() ? file(true, row) : null);
      columns
          .get(4)
          .add(kind == 2 ? any(List.of(struct), List.of(), List.of(struct, struct)) : null);
      columns.get(5).add(kind == 3 ? regions() : null);
    }
    ArrowTable table = new ArrowTable();
    for (int i = 0; i < fields.length; i++) {
      table.add(fields[i], columns.get(i));
    }
    return table.write(folder.resolve("rows.arrow"));
  }

  @Test
  void answersTables() throws IOException {
    for (int left = ROWS; left > 0; left -= TABLE_ROWS) {
      int rows = Math.min(left, TABLE_ROWS);
      assertEveryRowIsAnswered(table(rows), rows, "row ");
    }
  }

  /** A damaged table ends in order, whatever was answered. */
  @Test
  void survivesDamagedTables() throws IOException {
    for (int i = 0; i < ROWS / DAMAGED_ROWS; i++) {
      Path input = table(DAMAGED_ROWS);
      byte[] bytes = Files.readAllBytes(input);
      for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
        int from = random.nextBoolean() ? 8 : Math.max(8, bytes.length - 4000);
        int to = random.nextBoolean() ? bytes.length : Math.min(bytes.length, from + 4000);
        bytes[random.nextInt(from, to)] = (byte) random.nextInt();
      }
      Files.write(input, bytes);
      Cli.Result result = run(input, folder.resolve("damaged.jsonl"));
      assertThat(result.exitCode()).as(result.err()).isIn(ExitCode.OK, ExitCode.BAD_INPUT);
      assertThat(result.err()).doesNotContain("internal error");
    }
  }

  private static Cli.Result run(Path input, Path output) {
    return Cli.runTask("vqa", "--threads", 2, "--top-k", 1, "--input", input, "--output", output);
  }

  private void assertEveryRowIsAnswered(Path input, int rows, String place) {
    Path output = folder.resolve("answers.jsonl");
    Cli.Result result = run(input, output);
    assertThat(result.err()).doesNotContain("internal error");
    assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    List<String> answers = Cli.read(output).lines().toList();
    assertThat(answers).hasSize(rows);
    int errors = 0;
    for (int i = 0; i < rows; i++) {
      JsonObject answer = Json.parseObject(answers.get(i).getBytes(StandardCharsets.UTF_8));
      if (answer.has("error")) {
        assertThat(answer.getString("error"))
            .startsWith(place + (i + 1) + ": ")
            .doesNotContain("NullPointer", "IndexOutOf", "ClassCast", "IllegalArgument");
        errors++;
      } else {
        assertThat(answer.getArray("answers").size()).isEqualTo(1);
      }
    }
    assertThat(errors).isBetween(rows / 10, rows * 9 / 10);
    assertThat(result.err().lines()).as("a line for each error").hasSize(errors);
  }
}
