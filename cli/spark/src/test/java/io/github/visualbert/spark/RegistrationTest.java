package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How sessions and programs get the functions. */
class RegistrationTest {
  private static final List<String> NAMES =
      List.of(
          "visualbert_answers",
          "visualbert_detect",
          "visualbert_encode",
          "visualbert_flickr",
          "visualbert_nlvr2",
          "visualbert_pretrain",
          "visualbert_vcr",
          "visualbert_vqa");

  private static SparkSession spark;

  @BeforeAll
  static void open() {
    spark = Sessions.local();
  }

  @Test
  void registersInASessionThatIsThere() {
    SparkSession other = spark.newSession();
    assertThat(temporaryFunctions(other)).isEmpty(); // those of the extension are built in
    VisualBertFunctions.register(other);
    assertThat(temporaryFunctions(other)).containsExactlyInAnyOrderElementsOf(NAMES);
    String call = "select visualbert_vqa('what colour?', '%s')".formatted(Sessions.picture(1));
    assertThat(other.sql(call).first()).isEqualTo(spark.sql(call).first());
    other.sql("select 1 as id, 'q' as question, 'p' as image").createOrReplaceTempView("own");
    assertThat(other.sql("select * from visualbert_answers('own')").columns()).hasSize(4);
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
  void describesEveryFunction() {
    for (String name : NAMES) {
      String described = spark.sql("describe function " + name).collectAsList().toString();
      assertThat(described).contains(name + "(", "[, options])").doesNotContain("_FUNC_");
    }
  }

  @Test
  void isOneCallForJavaToo() {
    Row row =
        spark
            .sql("select '%s' as p".formatted(Sessions.picture(1)))
            .select(
                VisualBertFunctions.vqa(functions.lit("what colour?"), functions.col("p")),
                functions.expr("visualbert_vqa('what colour?', p)"))
            .first();
    assertThat(row.<Row>getList(0)).isEqualTo(row.<Row>getList(1)).hasSize(5);
  }
}
