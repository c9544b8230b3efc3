package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.ApplyFunctionExpression;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.collection.immutable.ArraySeq;

/** The functions in SQL and on columns, in this JVM. */
class FunctionsTest {
  private static final String QUESTION = "what is the colour of the ring?";
  private static SparkSession spark;

  @BeforeAll
  static void open() {
    spark = Sessions.local();
  }

  private static List<Row> answers(String sql) {
    return spark.sql(sql).first().getList(0);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "\\'") + "'";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "VQA      | vqa              | \"question\":\"what is the colour of the ring?\" |"
            + " visualbert_vqa('what is the colour of the ring?', P)",
        "VCR      | multiple-choice  | \"question\":\"what shape does the orange object"
            + " have?\",\"choices\":[\"it is a ring.\",\"it is a heart.\"] | visualbert_vcr('what"
            + " shape does the orange object have?', array('it is a ring.', 'it is a heart.'), P)",
        "FLICKR   | region-to-phrase | \"caption\":\"a small blue circle and a"
            + " heart.\",\"phrases\":[\"circle\",\"heart\"] | visualbert_flickr('a small blue"
            + " circle and a heart.', array('circle', 'heart'), P)",
        "FLICKR   | region-to-phrase | \"caption\":\"a small blue circle and a"
            + " heart.\",\"phrases\":[[13,19]] | visualbert_flickr('a small blue circle and a"
            + " heart.', array(array(13, 19)), P)",
        "PRETRAIN | pretraining      | \"text\":\"the yellow heart is in the [MASK] left.\" |"
            + " visualbert_pretrain('the yellow heart is in the [MASK] left.', P)",
        "PRETRAIN | pretraining      | \"text\":\"a yellow heart\" | visualbert_pretrain('a yellow"
            + " heart', P)",
      })
  void answersAsTheCommandLineDoes(TaskName task, String model, String fields, String call) {
    try (Expected expected = new Expected(task, model, 5)) {
      String json = "{\"id\":1,\"image\":\"" + Sessions.picture(1) + "\"," + fields + "}";
      String sql = "select " + call.replace("P)", quoted(Sessions.picture(1)) + ")");
      assertThat(Expected.json(answers(sql))).isEqualTo(expected.answers(json));
    }
  }

  @Test
  void judgesPairsOfPictures() {
    try (Expected expected = new Expected(TaskName.NLVR2, "nlvr2", 5)) {
      String statement = "neither picture contains a small heart.";
      String json =
          "{\"id\":1,\"images\":[\"%s\",\"%s\"],\"statement\":\"%s\"}"
              .formatted(Sessions.picture(1), Sessions.picture(6), statement);
      List<Row> found =
          answers(
              "select visualbert_nlvr2('%s', '%s', '%s')"
                  .formatted(statement, Sessions.picture(1), Sessions.picture(6)));
      assertThat(Expected.json(found)).isEqualTo(expected.answers(json));
    }
  }

  @Test
  void encodesTextsAndPictures() {
    Row row =
        spark
            .sql(
                "select e.pooler_output, e.last_hidden_state, visualbert_encode('a heart', p) from (select p, visualbert_encode('a heart', p, map('lastHiddenState', 'true')) as e from values ('%s') as t(p))"
                    .formatted(Sessions.picture(1)))
            .first();
    List<Float> pooled = row.getList(0);
    assertThat(row.<List<Float>>getList(1)).hasSizeGreaterThan(4);
    assertThat(row.<Float>getList(2)).isEqualTo(pooled);
    try (Expected expected = new Expected(TaskName.ENCODE, "pretraining", 5)) {
      String json =
          "{\"id\":1,\"image\":\"%s\",\"text\":\"a heart\"}".formatted(Sessions.picture(1));
      assertThat(pooled.toString().replace(" ", "")).isEqualTo(expected.answers(json));
    }
  }

  /**
   * Features of the picture are the same answer as the picture, in each form that they may have.
   */
  @Test
  void takesPicturesInEveryForm() {
    try (Expected expected = new Expected(TaskName.VQA, "vqa", 5);
        VisualBert model = VisualBert.open(Sessions.demo("vqa"))) {
      String json =
          "{\"id\":1,\"image\":\"%s\",\"question\":\"%s\"}"
              .formatted(Sessions.picture(1), QUESTION);
      VisualFeatures features = model.regions(Path.of(Sessions.picture(1)));
      spark
          .createDataFrame(List.of(features(features)), FEATURES)
          .createOrReplaceTempView("features");
      spark
          .read()
          .format("binaryFile")
          .load(Sessions.picture(1))
          .createOrReplaceTempView("pictures");
      List<String> forms =
          List.of(
              "content",
              "path",
              "struct(path, content)",
              "named_struct('bytes', content)",
              "named_struct('path', path)",
              "concat('data:image/png;base64,', base64(content))",
              "nested",
              "doubles",
              "flat");
      List<String> calls =
          forms.stream().map(form -> "visualbert_vqa('%s', %s)".formatted(QUESTION, form)).toList();
      Row row =
          spark.sql("select " + String.join(", ", calls) + " from pictures, features").first();
      for (int i = 0; i < forms.size(); i++) {
        assertThat(Expected.json(row.getList(i)))
            .as(forms.get(i))
            .isEqualTo(expected.answers(json));
      }
    }
  }

  private static final ArrayType FLOATS = DataTypes.createArrayType(DataTypes.FloatType);
  private static final StructType FEATURES =
      new StructType()
          .add("nested", DataTypes.createArrayType(FLOATS))
          .add(
              "doubles", DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.DoubleType)))
          .add("flat", FLOATS);

  private static Row features(VisualFeatures features) {
    List<Object> floats = new ArrayList<>();
    List<Object> doubles = new ArrayList<>();
    float[] all = features.toArray();
    for (int i = 0; i < features.regions(); i++) {
      float[] row = new float[features.dim()];
      double[] wide = new double[features.dim()];
      for (int j = 0; j < row.length; j++) {
        row[j] = all[i * row.length + j];
        wide[j] = row[j];
      }
      floats.add(ArraySeq.unsafeWrapArray(row));
      doubles.add(ArraySeq.unsafeWrapArray(wide));
    }
    return RowFactory.create(
        ArraySeq.unsafeWrapArray(floats.toArray()),
        ArraySeq.unsafeWrapArray(doubles.toArray()),
        ArraySeq.unsafeWrapArray(all));
  }

  @Test
  void findsRegions() {
    Dataset<Row> regions =
        spark.sql(
            "select inline(visualbert_detect('%s', map('features', 'true')))"
                .formatted(Sessions.picture(1)));
    List<Row> found = regions.collectAsList();
    assertThat(found).isNotEmpty();
    assertThat(found.stream().map(row -> row.<String>getAs("object"))).contains("ring");
    assertThat(found.getFirst().<Float>getList(0)).hasSize(4);
    assertThat(found.getFirst().<Float>getList(7)).hasSizeGreaterThan(8);
  }

  @Test
  void isOneCallForJavaToo() {
    Dataset<Row> table = spark.sql("select '%s' as p".formatted(Sessions.picture(1)));
    Row row =
        table
            .select(
                VisualBertFunctions.vqa(functions.lit(QUESTION), table.col("p")),
                functions.expr("visualbert_vqa('" + QUESTION + "', p)"))
            .first();
    assertThat(row.<Row>getList(0)).isEqualTo(row.<Row>getList(1)).hasSize(5);
  }

  @Test
  void registersInASessionThatIsThere() {
    SparkSession other = spark.newSession();
    assertThat(temporaryFunctions(other)).isEmpty(); // those of the extension are built in
    VisualBertFunctions.register(other);
    assertThat(temporaryFunctions(other))
        .contains("visualbert_vqa", "visualbert_encode", "visualbert_detect", "visualbert_answers");
    other.sql("select visualbert_vqa('q', '%s')".formatted(Sessions.picture(1))).collect();
  }

  private static List<String> temporaryFunctions(SparkSession session) {
    List<String> names = new ArrayList<>();
    ((org.apache.spark.sql.classic.SparkSession) session)
        .sessionState()
        .catalog()
        .listTemporaryFunctions()
        .foreach(function -> names.add(function.funcName()));
    return names;
  }

  @Test
  void describesItself() {
    String described = spark.sql("describe function visualbert_vqa").collectAsList().toString();
    assertThat(described).contains("visualbert_vqa(question, picture[, options])");
  }

  @Test
  void answersTablesInBatches() {
    spark
        .sql(
            "select id, '%s' as question, '%s' as image from range(70)"
                .formatted(QUESTION, Sessions.picture(1)))
        .createOrReplaceTempView("questions");
    List<Row> rows =
        spark
            .sql(
                "select * from visualbert_answers('questions', named_struct('task', 'vqa', 'topK',"
                    + " 2)) order by id")
            .collectAsList();
    assertThat(rows).hasSize(70);
    assertThat(rows.getLast().getLong(0)).isEqualTo(69);
    assertThat(rows.getLast().schema().fieldNames())
        .containsExactly("id", "error", "truncated", "answers");
    try (Expected expected = new Expected(TaskName.VQA, "vqa", 2)) {
      String json =
          "{\"id\":1,\"image\":\"%s\",\"question\":\"%s\"}"
              .formatted(Sessions.picture(1), QUESTION);
      for (Row row : rows) {
        assertThat(Expected.json(row.getList(3))).isEqualTo(expected.answers(json));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "visualbert_vqa('q')                            | visualbert_vqa: expected question,"
            + " picture, and perhaps options; found 1 arguments",
        "visualbert_vqa(7, 'p')                         | visualbert_vqa: question is int, expected"
            + " string",
        "visualbert_vqa('q', 7)                         | visualbert_vqa: picture is int, expected"
            + " a path",
        "visualbert_vqa('q', array(1))                  | visualbert_vqa: picture is array<int>,"
            + " expected a path",
        "visualbert_vcr('q', 'c', 'p')                  | visualbert_vcr: choices is string,"
            + " expected array<string>",
        "visualbert_vqa('q', 'p', 3)                    | visualbert_vqa: expected options as map",
        "visualbert_vqa('q', 'p', map('top_k', '3'))    | unknown option 'top_k', expected one of"
            + " check, detector, errors, labels",
        "visualbert_vqa('q', 'p', map('topK', '0'))     | option topK is '0', expected a whole"
            + " number from 1 on",
        "visualbert_vqa('q', 'p', map('errors', 'no'))  | option errors is 'no', expected null,"
            + " column, fail",
        "visualbert_vqa('q', 'p', map('preset', 'x'))   | option preset is 'x', expected authors or"
            + " hf",
        "visualbert_vqa('q', 'p', named_struct('topK', rand())) | option topK is rand(), expected a"
            + " constant",
        "visualbert_vqa('q', 'p', map('model', '/nowhere'))     | /nowhere: expected a model"
            + " folder, found no such folder on this node",
        "visualbert_detect(array(1.0f))                 | visualbert_detect: picture is"
            + " array<float>, expected a path",
        "visualbert_detect('p', map('detector', '/nowhere'))    | /nowhere: expected a model"
            + " folder, found no such folder",
      })
  void refusesACallBeforeTheFirstTask(String call, String message) {
    assertThatThrownBy(() -> spark.sql("select " + call + " from range(3)"))
        .hasMessageContaining(message);
  }

  @Test
  void refusesATableWithoutItsColumns() {
    spark.sql("select 1 as id, 'q' as question").createOrReplaceTempView("bare");
    assertThatThrownBy(() -> spark.sql("select * from visualbert_answers('bare')"))
        .hasMessageContaining(
            "expected a column visual_embeds, image, images, features, found id, question");
    spark.sql("select 1 as id, 2 as question, 'p' as image").createOrReplaceTempView("bare");
    assertThatThrownBy(() -> spark.sql("select * from visualbert_answers('bare')"))
        .hasMessageContaining("question: expected string, found int");
    assertThatThrownBy(
            () -> spark.sql("select * from visualbert_answers('bare', map('task', 'x'))"))
        .hasMessageContaining("option task is 'x'");
  }

  /** Arguments, and what the error says; all in one query. */
  private static final List<List<String>> INVALID =
      List.of(
          List.of("cast(null as string), P", "question: "),
          List.of("'q', cast(null as string)", "picture: expected a picture, found null"),
          List.of("'q', null", "picture: expected a picture, found null"),
          List.of("'q', ''", "picture: expected a picture, found an empty path"),
          List.of("'q', '/no/such.png'", "/no/such.png"),
          List.of(
              "'q', 's3://bucket/a.png'", "expected a path on every node, found s3://bucket/a.png"),
          List.of("'q', '/dev/zero'", "/dev/zero: expected a file, found a pipe or a device"),
          List.of("'q', cast('junk' as binary)", "picture"),
          List.of("'q', cast('' as binary)", "picture"),
          List.of("'q', array(1.0f, 2.0f)", "picture has 2 numbers, expected a multiple of the"),
          List.of("'q', array(array(1.0f, 2.0f))", "columns"),
          List.of(
              "'q', array(array(1.0f, 2.0f), array(1.0f))",
              "picture has 1 columns in region 1, but 2 in region 0"),
          List.of("'q', array(array(1.0f, null))", "picture has a null, expected numbers"),
          List.of("'q', array(array(1.0f), null)", "picture has a null, expected numbers"),
          List.of("'q', array(cast(null as float))", "picture has a null, expected numbers"),
          List.of("'q', array(cast('NaN' as float))", "picture"),
          List.of("'q', cast(array() as array<float>)", "picture has 0 numbers"),
          List.of("'q', cast(array() as array<array<float>>)", "picture has "),
          List.of("'q', array(array(1e300D))", "picture: 1.0E300 is too large for a 32-bit float"),
          List.of(
              "'q', named_struct('path', cast(null as string))",
              "picture: expected bytes or a path, found neither"));

  @Test
  void givesAnErrorInsteadOfAnAnswer() {
    List<String> calls = new ArrayList<>();
    for (List<String> invalid : INVALID) {
      String given = invalid.getFirst().replace(", P", ", " + quoted(Sessions.picture(1)));
      calls.add("visualbert_vqa(" + given + ")");
      calls.add("visualbert_vqa(" + given + ", named_struct('errors', 'column', 'id', id))");
    }
    Row row = spark.sql("select " + String.join(", ", calls) + " from range(1)").first();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < INVALID.size(); i++) {
      Row reply = row.getStruct(2 * i + 1);
      String error = reply.getAs("error");
      String expected = INVALID.get(i).getLast();
      if (!row.isNullAt(2 * i) || error == null || !error.contains(expected)) {
        wrong.add(calls.get(2 * i) + ": " + error + ", expected " + expected);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void failsWithTheRowsIdWhereErrorsFail() {
    assertThatThrownBy(
            () ->
                spark
                    .sql(
                        "select visualbert_vqa('q', '/no/such.png', named_struct('errors', 'fail',"
                            + " 'id', id + 41)) from range(1)")
                    .collect())
        .rootCause()
        .isInstanceOf(InvalidRowException.class)
        .hasMessageContaining("row 41: ")
        .hasMessageContaining("/no/such.png");
  }

  @Test
  void detectsNothingInAnInvalidPicture() {
    Row row =
        spark
            .sql(
                "select visualbert_detect('/no/such.png'), visualbert_detect(cast('junk' as"
                    + " binary), map('errors', 'column')) from range(1)")
            .first();
    assertThat(row.isNullAt(0)).isTrue();
    assertThat(row.getStruct(1).getString(0)).contains("picture");
    assertThat(row.getStruct(1).isNullAt(1)).isTrue();
  }

  /** A call that counts how often it is computed. */
  record Counting(int version) implements RowCall {
    private static final long serialVersionUID = 1L;
    static final AtomicInteger COUNT = new AtomicInteger();

    @Override
    public String name() {
      return "counted";
    }

    @Override
    public List<String> arguments() {
      return List.of("value");
    }

    @Override
    public DataType resultType() {
      return DataTypes.createArrayType(DataTypes.StringType);
    }

    @Override
    public Computation open() {
      return (arguments, _) -> {
        COUNT.incrementAndGet();
        return ArraySeq.unsafeWrapArray(new Object[] {arguments[0], "second", "third"});
      };
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select counted(p)[0], counted(p)[1], counted(p)[2] from texts",
        "select a[0], a[1], a[2] from (select counted(p) as a from texts) where a[1] = 'second'",
        "select counted(p)[0], count(*) from texts group by counted(p)[0]",
      })
  void computesARowOnce(String query) {
    spark
        .range(0, 1000, 1, 2)
        .selectExpr("cast(id as string) as p")
        .createOrReplaceTempView("texts");
    ((org.apache.spark.sql.classic.SparkSession) spark)
        .sessionState()
        .functionRegistry()
        .createOrReplaceTempFunction(
            "counted",
            given ->
                new ApplyFunctionExpression(
                    new RowFunction(new Counting(1), List.of(DataTypes.StringType)), given),
            "java_udf");
    Counting.COUNT.set(0);
    assertThat(spark.sql(query).collectAsList()).hasSize(1000);
    assertThat(Counting.COUNT).hasValue(1000);
  }

  @Test
  void isEqualToTheSameCallAlone() {
    RowFunction call = function(5, DataTypes.StringType);
    assertThat(call).isEqualTo(function(5, DataTypes.StringType));
    assertThat(call).hasSameHashCodeAs(function(5, DataTypes.StringType));
    assertThat(call).isNotEqualTo(function(5, DataTypes.BinaryType));
    assertThat(call).isNotEqualTo(function(4, DataTypes.StringType));
  }

  private static RowFunction function(int topK, DataType picture) {
    ModelSettings model = new ModelSettings(TaskName.VQA, "m", null, null, null, "auto");
    return new RowFunction(
        new AskCall(new AskSettings(model, topK, false, ErrorMode.NULL)),
        List.of(DataTypes.StringType, picture));
  }
}
