package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a query is refused before the first task; an invalid row has no answer. */
class FunctionErrorsTest {
  private static SparkSession spark;
  private static String blind;

  @BeforeAll
  static void open() {
    spark = Sessions.local();
    blind = Sessions.blind().toString();
    spark.sql("select 1 as id, 'q' as question").createOrReplaceTempView("without_picture");
    spark.sql("select 1 as id, 2 as question, 'p' as image").createOrReplaceTempView("with_number");
    spark.sql("select 1 as id, 'q' as question, 'p' as image").createOrReplaceTempView("files");
    spark
        .sql("select 1 as id, 'q' as question, 'p' as image, 'f.npy' as features")
        .createOrReplaceTempView("files_or_features");
  }

  private static String filled(String sql) {
    return sql.replace("PICTURE", Sessions.picture(1))
        .replace("BLIND", blind)
        .replace("DETECTOR", Sessions.demo("detector").toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          visualbert_vqa('q')                           | visualbert_vqa: expected question, picture, and perhaps options; found 1 arguments
          visualbert_vqa(7, 'p')                        | visualbert_vqa: question is int, expected string
          visualbert_vqa('q', 7)                        | visualbert_vqa: picture is int, expected a path
          visualbert_vqa('q', array(1))                 | visualbert_vqa: picture is array<int>, expected a path
          visualbert_vcr('q', 'c', 'p')                 | visualbert_vcr: choices is string, expected array<string>
          visualbert_vqa('q', 'p', 3)                   | visualbert_vqa: expected options as map
          visualbert_vqa('q', 'p', map('top_k', '3'))   | unknown option 'top_k', expected one of check, detector, errors, labels
          visualbert_vqa('q', 'p', map('topK', '0'))    | option topK is '0', expected a whole number from 1 on
          visualbert_vqa('q', 'p', map('errors', 'no')) | option errors is 'no', expected null, column, fail
          visualbert_vqa('q', 'p', map('preset', 'x'))  | option preset is 'x', expected authors or hf
          visualbert_vqa('q', 'p', named_struct('topK', rand()))   | option topK is rand(), expected a constant
          visualbert_vqa('q', 'p', map('model', '/nowhere'))       | /nowhere: expected a model folder, found no such folder on this node
          visualbert_vqa('q', 'p', map('model', 'BLIND'))          | BLIND/preprocessor_config.json: no such file, so this model has no eyes of its own
          visualbert_vqa('q', 'p', map('detector', 'DETECTOR'))    | makes regions of 224 columns, the model's visual_embedding_dim is 196
          visualbert_detect(array(1.0f))                           | visualbert_detect: picture is array<float>, expected a path
          visualbert_detect('p', map('detector', '/nowhere'))      | /nowhere: expected a model folder, found no such folder
          """)
  void refusesACallBeforeTheFirstTask(String call, String message) {
    assertThatThrownBy(() -> spark.sql("select " + filled(call) + " from range(3)"))
        .hasMessageContaining(filled(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          'without_picture'               | expected a column visual_embeds, image, images, features, found id, question
          'with_number'                   | question: expected string, found int
          'files', map('task', 'x')       | option task is 'x'
          'files', map('model', 'BLIND')  | so this model has no eyes of its own
          """)
  void refusesATableBeforeTheFirstTask(String arguments, String message) {
    assertThatThrownBy(
            () -> spark.sql("select * from visualbert_answers(" + filled(arguments) + ")"))
        .hasMessageContaining(message);
  }

  /** Features need no eyes, and which of both rows have is not known before. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select visualbert_vqa('q', array(0.0f), map('model', 'BLIND'))",
        "select visualbert_vqa('q', 'p', map('model', 'BLIND', 'check', 'false'))",
        "select * from visualbert_answers('files_or_features', map('model', 'BLIND'))",
      })
  void acceptsAModelWithoutEyesForFeatures(String query) {
    assertThat(spark.sql(filled(query)).columns()).isNotEmpty();
  }

  /** Arguments, and what the error says; all in one query. */
  private static final List<List<String>> INVALID =
      List.of(
          List.of("cast(null as string), 'PICTURE'", "question: "),
          List.of("'q', cast(null as string)", "picture: expected a picture, found null"),
          List.of("'q', null", "picture: expected a picture, found null"),
          List.of("'q', ''", "picture: expected a picture, found an empty path"),
          List.of("'q', '/no/such.png'", "/no/such.png"),
          List.of("'q', 's3://bucket/a.png'", "expected a path on every node, found s3://bucket/"),
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
      String given = filled(invalid.getFirst());
      calls.add("visualbert_vqa(" + given + ")");
      calls.add("visualbert_vqa(" + given + ", named_struct('errors', 'column', 'id', id))");
    }
    Row row = spark.sql("select " + String.join(", ", calls) + " from range(1)").first();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < INVALID.size(); i++) {
      String error = row.getStruct(2 * i + 1).getAs("error");
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
}
