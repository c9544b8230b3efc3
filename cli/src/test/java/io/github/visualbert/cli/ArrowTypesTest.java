package io.github.visualbert.cli;

import static io.github.visualbert.cli.ArrowTable.BINARY;
import static io.github.visualbert.cli.ArrowTable.FLOAT32;
import static io.github.visualbert.cli.ArrowTable.FLOAT64;
import static io.github.visualbert.cli.ArrowTable.INT64;
import static io.github.visualbert.cli.ArrowTable.LIST;
import static io.github.visualbert.cli.ArrowTable.TEXT;
import static io.github.visualbert.cli.ArrowTable.extension;
import static io.github.visualbert.cli.ArrowTable.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.Row;
import io.github.visualbert.cli.batch.arrow.ArrowRowSource;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The types of columns that are read, and those that are refused before the first row. */
class ArrowTypesTest {
  private static final String QUESTION = "what is the colour of the ring?";
  private static final Path FEATURES = Cli.DEMO.resolve("images/features/scene-1.npy");
  private static final int REGIONS = 16;
  private static final int DIM = 196;
  private static final ArrowType FLOAT16 = new ArrowType.FloatingPoint(FloatingPointPrecision.HALF);
  private static final ArrowType STRUCT = ArrowType.Struct.INSTANCE;

  private static VisualBert model;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    model = VisualBert.builder(Cli.DEMO.resolve("vqa")).provider("scalar").open();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** The rows of a table, as the task reads them. */
  private List<Row> rows(ArrowTable table, TaskName task) {
    Path file = table.write(folder.resolve("rows.arrow"));
    List<Row> rows = new ArrayList<>();
    try (ArrowRowSource source =
        ArrowRowSource.open(file, new RequestReader(task, new PictureCache(model, folder)))) {
      for (Row row; (row = source.next()) != null; ) {
        rows.add(row);
      }
    }
    return rows;
  }

  private List<Row> rows(Field column, Object... values) {
    return rows(questions(values.length).add(column, Arrays.asList(values)), TaskName.VQA);
  }

  private static ArrowTable questions(int rows) {
    return new ArrowTable().add(field("question", TEXT), Collections.nCopies(rows, QUESTION));
  }

  private static VisualFeatures picture(Row row) {
    assertThat(row).isInstanceOf(Row.Asked.class);
    return ((Row.Asked) row).request().picture();
  }

  private static String error(Row row) {
    assertThat(row).isInstanceOf(Row.Faulty.class);
    return ((Row.Faulty) row).reply().error();
  }

  /** The demo's features, rounded to half-precision numbers, which every type holds. */
  private static float[] numbers() {
    float[] numbers = FeatureFile.read(FEATURES).toArray();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.float16ToFloat(Float.floatToFloat16(numbers[i]));
    }
    numbers[0] = Float.float16ToFloat((short) 1); // the smallest half
    return numbers;
  }

  private static List<Float> list(float[] numbers) {
    List<Float> list = new ArrayList<>();
    for (float number : numbers) {
      list.add(number);
    }
    return list;
  }

  private static List<List<Float>> matrix(float[] numbers) {
    List<List<Float>> matrix = new ArrayList<>();
    for (int i = 0; i < REGIONS; i++) {
      matrix.add(list(Arrays.copyOfRange(numbers, i * DIM, (i + 1) * DIM)));
    }
    return matrix;
  }

  @Test
  void readsRegionsOfEveryKindOfListAndFloat() {
    float[] numbers = numbers();
    List<List<Float>> matrix = matrix(numbers);
    List<ArrowType> outer =
        List.of(
            LIST,
            ArrowType.LargeList.INSTANCE,
            new ArrowType.FixedSizeList(REGIONS),
            ArrowType.ListView.INSTANCE,
            ArrowType.LargeListView.INSTANCE);
    List<ArrowType> inner =
        List.of(
            LIST,
            ArrowType.LargeList.INSTANCE,
            new ArrowType.FixedSizeList(DIM),
            ArrowType.ListView.INSTANCE,
            ArrowType.LargeListView.INSTANCE);
    for (ArrowType lists : outer) {
      for (ArrowType columns : inner) {
        for (ArrowType type : List.of(FLOAT16, FLOAT32, FLOAT64)) {
          Field column = field("visual_embeds", lists, field("item", columns, field("item", type)));
          List<Row> rows = rows(column, matrix, matrix);
          for (Row row : rows) {
            assertThat(picture(row).toArray()).as(column.toString()).isEqualTo(numbers);
          }
        }
      }
    }
    Field batch =
        field("visual_embeds", LIST, field("a", LIST, field("b", LIST, field("c", FLOAT32))));
    assertThat(picture(rows(batch, List.of(matrix)).getFirst()).toArray()).isEqualTo(numbers);
    assertThat(error(rows(batch, List.of(matrix, matrix)).getFirst()))
        .isEqualTo("row 1: visual_embeds has 2 pictures, expected 1");
  }

  private static Field fixedShape(ArrowType type, int size, String metadata) {
    return extension(
        "visual_embeds",
        new ArrowType.FixedSizeList(size),
        "arrow.fixed_shape_tensor",
        metadata,
        field("item", type));
  }

  private static Field variableShape(String metadata) {
    return extension(
        "visual_embeds",
        STRUCT,
        "arrow.variable_shape_tensor",
        metadata,
        field("data", LIST, field("item", FLOAT32)),
        field("shape", new ArrowType.FixedSizeList(2), field("item", new ArrowType.Int(32, true))));
  }

  @Test
  void readsTensors() {
    float[] numbers = numbers();
    for (String metadata :
        List.of(
            "{\"shape\":[16,196]}",
            "{\"shape\":[1,16,196],\"dim_names\":[\"a\",\"b\",\"c\"]}",
            "{\"shape\":[16,196],\"permutation\":[0,1]}")) {
      for (ArrowType type : List.of(FLOAT16, FLOAT32, FLOAT64)) {
        Field column = fixedShape(type, REGIONS * DIM, metadata);
        for (Row row : rows(column, list(numbers), list(numbers))) {
          assertThat(picture(row).regions()).isEqualTo(REGIONS);
          assertThat(picture(row).toArray()).as(column.toString()).isEqualTo(numbers);
        }
      }
    }
    List<Row> rows =
        rows(
            variableShape(""),
            Map.of("data", list(numbers), "shape", List.of(16, 196)),
            Map.of("data", list(Arrays.copyOf(numbers, 196)), "shape", List.of(1, 196)),
            Map.of("data", list(numbers), "shape", List.of(4, 196)),
            Map.of("data", List.of(), "shape", List.of(0, 196)),
            Map.of("data", list(numbers)));
    assertThat(picture(rows.get(0)).toArray()).isEqualTo(numbers);
    assertThat(picture(rows.get(1)).toArray()).isEqualTo(Arrays.copyOf(numbers, 196));
    assertThat(error(rows.get(2)))
        .isEqualTo("row 3: visual_embeds has tensors of shape [4, 196] of 3136 numbers");
    assertThat(error(rows.get(3))).contains("has 0 regions of 196 columns, expected at least 1");
    assertThat(error(rows.get(4))).isEqualTo("row 5: visual_embeds has a null, expected numbers");
  }

  @Test
  void refusesTypesOnceBeforeTheFirstRow() {
    record Case(TaskName task, Field column, String expected) {}
    Field floats = field("item", FLOAT32);
    for (Case each :
        List.of(
            new Case(
                TaskName.VQA, field("question", INT64), "question: expected texts, found int64"),
            new Case(
                TaskName.VQA,
                field("question", ArrowType.Null.INSTANCE),
                "question: expected texts, found null"),
            new Case(
                TaskName.VCR,
                field("choices", TEXT),
                "choices: expected lists of texts, found utf8"),
            new Case(
                TaskName.VCR,
                field("choices", LIST, field("item", INT64)),
                "choices: expected lists of texts, found list of int64"),
            new Case(
                TaskName.FLICKR,
                field("phrases", LIST, field("item", LIST, field("item", TEXT))),
                "phrases: expected lists of texts, or of lists of integers,"
                    + " found list of list of utf8"),
            new Case(
                TaskName.VQA,
                field("id", LIST, field("item", INT64)),
                "id: expected texts, numbers or UUIDs, found list of int64"),
            new Case(
                TaskName.VQA,
                field("image", INT64),
                "image: expected paths, the bytes of PNG or JPEG files, or structs of bytes and"
                    + " path, or lists of them, found int64"),
            new Case(
                TaskName.NLVR2,
                field("images", LIST, field("item", STRUCT, field("pixels", BINARY))),
                "or lists of them, found list of struct of pixels binary"),
            new Case(
                TaskName.VQA,
                field("features", LIST, floats),
                "features: expected names of files (the numbers themselves are a column"
                    + " visual_embeds), or lists of them, found list of float32"),
            new Case(TaskName.VQA, field("features", BINARY), "features: expected names of files"),
            new Case(
                TaskName.VQA,
                field("visual_embeds", LIST, floats),
                "visual_embeds: expected lists of lists of float32, float16 or float64, or tensors"
                    + " of these, found list of float32"),
            new Case(
                TaskName.VQA,
                field("visual_embeds", LIST, field("item", LIST, field("item", INT64))),
                "found list of list of int64"),
            new Case(
                TaskName.VQA,
                fixedShape(INT64, 4, "{\"shape\":[2,2]}"),
                "visual_embeds: expected arrow.fixed_shape_tensor of float32, float16 or float64,"
                    + " found list of int64"),
            new Case(
                TaskName.VQA,
                fixedShape(FLOAT32, 4, "{\"shape\":[2,2],\"permutation\":[1,0]}"),
                "visual_embeds: expected row-major tensors, found a permutation"),
            new Case(
                TaskName.VQA,
                fixedShape(FLOAT32, 4, "{\"shape\":[4]}"),
                "expected tensors of shape (regions, columns) or (1, regions, columns), found [4]"),
            new Case(
                TaskName.VQA,
                fixedShape(FLOAT32, 4, "{\"shape\":[2,3]}"),
                "visual_embeds has tensors of shape [2, 3] of 4 numbers"),
            new Case(
                TaskName.VQA,
                fixedShape(FLOAT32, 4, "no JSON"),
                "visual_embeds: expected the shape of arrow.fixed_shape_tensor: "),
            new Case(
                TaskName.VQA,
                fixedShape(FLOAT32, 4, ""),
                "visual_embeds: expected the shape of arrow.fixed_shape_tensor: shape: expected"
                    + " an array, found nothing"),
            new Case(
                TaskName.VQA,
                variableShape("{\"permutation\":[1,0]}"),
                "visual_embeds: expected row-major tensors"),
            new Case(
                TaskName.NLVR2,
                field("visual_embeds", LIST, field("item", LIST, floats)),
                "expected a column image, images or features, found"))) {
      ArrowTable table = new ArrowTable();
      for (Field field :
          List.of(
              field("question", TEXT),
              field("statement", TEXT),
              field("caption", TEXT),
              field("choices", LIST, field("item", TEXT)),
              field("phrases", LIST, field("item", TEXT)))) {
        if (!field.getName().equals(each.column().getName())) {
          table.add(field, Arrays.asList(null, null));
        }
      }
      table.add(each.column(), Arrays.asList(null, null));
      assertThatThrownBy(() -> rows(table, each.task()))
          .as(each.column().toString())
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(folder.resolve("rows.arrow") + ": ")
          .hasMessageContaining(each.expected());
    }
    Path file =
        questions(3).add(field("image", INT64), List.of(1, 2, 3)).write(folder.resolve("in.arrow"));
    Path output = folder.resolve("out.jsonl");
    Cli.Result result = Cli.runTask("vqa", "--input", file, "--output", output);
    assertThat(result.refusal(ExitCode.BAD_INPUT)).contains("in.arrow: image: expected paths");
    assertThat(output).doesNotExist();
  }

  @Test
  void doesNotLookAtOtherColumns() {
    List<ArrowType> types =
        List.of(
            new ArrowType.Int(8, false),
            FLOAT64,
            ArrowType.Bool.INSTANCE,
            ArrowType.Null.INSTANCE,
            new ArrowType.Date(DateUnit.DAY),
            new ArrowType.Time(TimeUnit.NANOSECOND, 64),
            new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"),
            new ArrowType.Duration(TimeUnit.SECOND),
            new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO),
            new ArrowType.Decimal(38, 2, 128),
            new ArrowType.Decimal(50, 2, 256),
            new ArrowType.FixedSizeBinary(3),
            ArrowType.Utf8View.INSTANCE,
            ArrowType.BinaryView.INSTANCE);
    ArrowTable table = questions(2);
    table.add(field("image", TEXT), Collections.nCopies(2, scene()));
    for (String name : List.of("text", "statement", "caption", "phrases", "choices", "label")) {
      for (ArrowType type : types) {
        table.add(field(name, type), Arrays.asList(null, null));
      }
    }
    table.add(field("images", ArrowType.Null.INSTANCE), Arrays.asList(null, null));
    table.add(field("id", ArrowType.Null.INSTANCE), Arrays.asList(null, null));
    assertThat(rows(table, TaskName.VQA)).hasOnlyElementsOfType(Row.Asked.class);
    // features go first, so a picture beside them may be of any type
    table =
        questions(1)
            .add(
                field("visual_embeds", LIST, field("a", LIST, field("b", FLOAT32))),
                List.of(matrix(numbers())))
            .add(field("image", LIST, field("a", LIST, field("b", INT64))), List.of(List.of()));
    assertThat(rows(table, TaskName.VQA)).hasOnlyElementsOfType(Row.Asked.class);
  }

  private static String scene() {
    return Cli.DEMO.resolve("images/scene-1.png").toAbsolutePath().toString();
  }

  @Test
  void readsTextsAndListsOfEveryKind() {
    for (ArrowType text :
        List.of(TEXT, ArrowType.LargeUtf8.INSTANCE, ArrowType.Utf8View.INSTANCE)) {
      for (ArrowType list :
          List.of(
              LIST,
              ArrowType.LargeList.INSTANCE,
              new ArrowType.FixedSizeList(2),
              ArrowType.ListView.INSTANCE,
              ArrowType.LargeListView.INSTANCE)) {
        List<String> choices = List.of("a ring", "a heart of twenty characters");
        ArrowTable table =
            new ArrowTable()
                .add(field("question", text), List.of(QUESTION, "ring"))
                .add(field("choices", list, field("item", text)), List.of(choices, choices))
                .add(
                    field("images", list, field("item", text)),
                    List.of(List.of(scene(), scene()), List.of(scene(), scene())));
        for (Row row : rows(table, TaskName.VCR)) {
          assertThat(error(row)).endsWith("images has 2 pictures, task vcr takes 1");
        }
        table =
            new ArrowTable()
                .add(field("caption", text), List.of("a ring", "a ring"))
                .add(field("image", text), List.of(scene(), scene()))
                .add(
                    field("phrases", list, field("item", list, field("item", INT64))),
                    List.of(
                        List.of(List.of(0, 1), List.of(2, 6)),
                        List.of(List.of(0, 1), List.of(2, 6))));
        for (Row row : rows(table, TaskName.FLICKR)) {
          assertThat(((Row.Asked) row).request().phrases()).hasSize(2);
        }
      }
    }
    Row invalid =
        rows(
                new ArrowTable()
                    .add(field("question", TEXT), List.of(new byte[] {'a', -1}))
                    .add(field("image", TEXT), List.of(scene())),
                TaskName.VQA)
            .getFirst();
    assertThat(error(invalid)).isEqualTo("row 1: question is not UTF-8");
  }

  @Test
  void returnsIdsAsTheyAre() {
    record Case(Field column, Object id, String json) {}
    String digits = "12345678901234567890123456789012345678";
    for (Case each :
        List.of(
            new Case(field("id", new ArrowType.Int(64, false)), -1L, "18446744073709551615"),
            new Case(field("id", new ArrowType.Int(32, false)), -1, "4294967295"),
            new Case(field("id", INT64), Long.MIN_VALUE, "-9223372036854775808"),
            new Case(field("img_id", new ArrowType.Int(8, true)), 7, "7"),
            new Case(field("id", FLOAT64), 7.0, "7"),
            new Case(field("id", FLOAT64), 7.25, "7.25"),
            new Case(field("id", FLOAT64), 9007199254740991.0, "9007199254740991"),
            new Case(field("id", FLOAT32), 16777216.0, "16777216"),
            new Case(field("id", FLOAT16), 12.0, "12"),
            new Case(
                field("id", new ArrowType.Decimal(38, 0, 128)), new BigDecimal(digits), digits),
            new Case(field("id", new ArrowType.Decimal(20, 2, 128)), new BigDecimal("7.00"), "7"),
            new Case(
                field("id", new ArrowType.Decimal(20, 2, 128)), new BigDecimal("7.10"), "7.10"),
            new Case(
                field("id", new ArrowType.FixedSizeBinary(16)),
                "0123456789abcdef",
                "\"30313233-3435-3637-3839-616263646566\""),
            new Case(
                extension("id", new ArrowType.FixedSizeBinary(16), "arrow.uuid", ""),
                "0123456789abcdef",
                "\"30313233-3435-3637-3839-616263646566\""),
            new Case(field("id", ArrowType.Utf8View.INSTANCE), "007", "\"007\""))) {
      Row row =
          rows(
                  questions(1)
                      .add(field("image", TEXT), List.of(scene()))
                      .add(each.column(), List.of(each.id())),
                  TaskName.VQA)
              .getFirst();
      assertThat(new JsonWriter().value(((Row.Asked) row).request().id()).toString())
          .as(each.column().toString())
          .isEqualTo(each.json());
    }
  }

  private static Field datasets(String name) {
    return field(name, STRUCT, field("bytes", BINARY), field("path", TEXT));
  }

  @Test
  void readsPicturesInTheTable() throws Exception {
    Files.copy(Path.of(scene()), folder.resolve("beside.png"));
    byte[] png = Files.readAllBytes(folder.resolve("beside.png"));
    float[] expected = model.regions(Path.of(scene())).toArray();
    for (ArrowType type :
        List.of(BINARY, ArrowType.LargeBinary.INSTANCE, ArrowType.BinaryView.INSTANCE)) {
      for (Row row : rows(field("image", type), png, png)) {
        assertThat(picture(row).toArray()).as(type.toString()).isEqualTo(expected);
      }
      assertThat(
              picture(rows(field("images", LIST, field("item", type)), List.of(png)).getFirst())
                  .toArray())
          .isEqualTo(expected);
    }
    List<Row> rows =
        rows(
            datasets("image"),
            Map.of("bytes", png),
            Map.of("path", "beside.png"),
            Map.of("bytes", png, "path", "not/there.png"),
            Map.of("bytes", new byte[] {1, 2, 3}, "path", "beside.png"),
            Map.of("bytes", new byte[0]),
            Map.of("path", "not/there.png"),
            Map.of(),
            null);
    for (Row row : rows.subList(0, 3)) {
      assertThat(picture(row).toArray()).isEqualTo(expected);
    }
    assertThat(picture(rows.get(0))).as("one object for the model").isSameAs(picture(rows.get(2)));
    assertThat(rows.subList(3, 8).stream().map(ArrowTypesTest::error))
        .satisfiesExactly(
            error ->
                assertThat(error).startsWith("row 4: image beside.png: expected a PNG or JPEG"),
            error -> assertThat(error).startsWith("row 5: image: expected a PNG or JPEG picture"),
            error -> assertThat(error).startsWith("row 6: " + folder.resolve("not/there.png")),
            error ->
                assertThat(error)
                    .isEqualTo("row 7: image: expected bytes or a path, found neither"),
            error -> assertThat(error).isEqualTo("row 8: expected image, images or features"));
    ArrowTable pairs =
        new ArrowTable()
            .add(field("statement", TEXT), List.of("a", "b", "c"))
            .add(
                field("images", LIST, datasets("item")),
                List.of(
                    List.of(Map.of("bytes", png), Map.of("path", "beside.png")),
                    List.of(Map.of("bytes", png)),
                    Arrays.asList(Map.of("bytes", png), null)));
    rows = rows(pairs, TaskName.NLVR2);
    for (VisualFeatures each : ((Row.Asked) rows.getFirst()).request().pictures()) {
      assertThat(each.toArray()).isEqualTo(expected);
    }
    assertThat(error(rows.get(1))).isEqualTo("row 2: images has 1 pictures, task nlvr2 takes 2");
    assertThat(error(rows.get(2))).isEqualTo("row 3: images[1]: expected a picture, found nothing");
  }

  @Test
  void answersPicturesInTheTableAsFiles() throws Exception {
    byte[] png = Files.readAllBytes(Path.of(scene()));
    byte[] other = Files.readAllBytes(Cli.DEMO.resolve("images/scene-2.png"));
    byte[] cut = Arrays.copyOf(png, png.length / 2);
    Path table =
        questions(3)
            .add(field("image", BINARY), List.of(png, cut, other))
            .write(folder.resolve("in.arrow"));
    Path files =
        Cli.write(
            folder.resolve("in.jsonl"),
            """
            {"image": "%s", "question": "%s"}
            {"image": "cut.png", "question": "%2$s"}
            {"image": "%s", "question": "%2$s"}
            """
                .formatted(
                    scene(), QUESTION, Cli.DEMO.resolve("images/scene-2.png").toAbsolutePath()));
    Files.write(folder.resolve("cut.png"), cut);
    List<String> answers = new ArrayList<>();
    for (Path input : List.of(table, files)) {
      Path output = folder.resolve("out.jsonl");
      Cli.Result result = Cli.runTask("vqa", "--input", input, "--output", output);
      assertThat(result.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(result.err().lines()).hasSize(1);
      answers.add(Cli.read(output).replace("line 2: " + folder.resolve("cut.png"), "row 2: image"));
    }
    assertThat(answers.get(0)).isEqualTo(answers.get(1)).contains("row 2: image: ");
  }
}
