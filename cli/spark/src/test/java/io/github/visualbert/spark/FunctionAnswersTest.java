package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.ask.TaskName;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The functions give what the command line gives. */
class FunctionAnswersTest {
  private static final String QUESTION = "what is the colour of the ring?";
  private static SparkSession spark;

  @BeforeAll
  static void open() {
    spark = Sessions.local();
  }

  private static String filled(String text) {
    return text.replace("ONE", Sessions.picture(1)).replace("SIX", Sessions.picture(6));
  }

  /** A task and its demo model; a row as the command line reads it; the same as a call. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          VQA      | vqa              | "image":"ONE","question":"what is the colour of the ring?" | vqa('what is the colour of the ring?', 'ONE')
          NLVR2    | nlvr2            | "images":["ONE","SIX"],"statement":"neither picture contains a small heart." | nlvr2('neither picture contains a small heart.', 'ONE', 'SIX')
          VCR      | multiple-choice  | "image":"ONE","question":"what shape?","choices":["it is a ring.","it is a heart."] | vcr('what shape?', array('it is a ring.', 'it is a heart.'), 'ONE')
          FLICKR   | region-to-phrase | "image":"ONE","caption":"a small blue circle and a heart.","phrases":["circle","heart"] | flickr('a small blue circle and a heart.', array('circle', 'heart'), 'ONE')
          FLICKR   | region-to-phrase | "image":"ONE","caption":"a small blue circle and a heart.","phrases":[[13,19]] | flickr('a small blue circle and a heart.', array(array(13, 19)), 'ONE')
          PRETRAIN | pretraining      | "image":"ONE","text":"the yellow heart is in the [MASK] left." | pretrain('the yellow heart is in the [MASK] left.', 'ONE')
          PRETRAIN | pretraining      | "image":"ONE","text":"a yellow heart" | pretrain('a yellow heart', 'ONE')
          """)
  void answersAsTheCommandLineDoes(TaskName task, String model, String fields, String call) {
    List<Row> found = spark.sql("select visualbert_" + filled(call)).first().getList(0);
    try (Expected expected = new Expected(task, model, 5)) {
      assertThat(Expected.json(found)).isEqualTo(expected.answers(row(filled(fields))));
    }
  }

  private static String row(String fields) {
    return "{\"id\":1," + fields + "}";
  }

  @Test
  void encodesTextsAndPictures() {
    Row row =
        spark
            .sql(
                filled(
                    "select e.pooler_output, e.last_hidden_state, visualbert_encode('a heart', p)"
                        + " from (select p, visualbert_encode('a heart', p, map('lastHiddenState',"
                        + " 'true')) as e from values ('ONE') as t(p))"))
            .first();
    List<Float> pooled = row.getList(0);
    assertThat(row.<List<Float>>getList(1)).hasSizeGreaterThan(4);
    assertThat(row.<Float>getList(2)).isEqualTo(pooled);
    try (Expected expected = new Expected(TaskName.ENCODE, "pretraining", 5)) {
      String json = row(filled("\"image\":\"ONE\",\"text\":\"a heart\""));
      assertThat(pooled.toString().replace(" ", "")).isEqualTo(expected.answers(json));
    }
  }

  @Test
  void findsRegions() {
    List<Row> found =
        spark
            .sql(filled("select inline(visualbert_detect('ONE', map('features', 'true')))"))
            .collectAsList();
    assertThat(found).isNotEmpty();
    assertThat(found.stream().map(row -> row.<String>getAs("object"))).contains("ring");
    assertThat(found.getFirst().<Float>getList(0)).hasSize(4);
    assertThat(found.getFirst().<Float>getList(7)).hasSizeGreaterThan(8);
  }

  @Test
  void answersTablesInBatches() {
    spark
        .sql(
            filled(
                "select id, '%s' as question, 'ONE' as image from range(70)".formatted(QUESTION)))
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
      String answers =
          expected.answers(row(filled("\"image\":\"ONE\",\"question\":\"" + QUESTION + "\"")));
      assertThat(rows).allMatch(row -> Expected.json(row.getList(3)).equals(answers));
    }
  }
}
