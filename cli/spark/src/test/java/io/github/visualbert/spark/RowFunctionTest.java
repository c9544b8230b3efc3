package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.ask.TaskName;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.ApplyFunctionExpression;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.collection.immutable.ArraySeq;

/** How often a call is computed. */
class RowFunctionTest {
  private static SparkSession spark;

  @BeforeAll
  static void open() {
    spark = Sessions.local();
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
                    new RowFunction(new Counting(), List.of(DataTypes.StringType)), given),
            "java_udf");
  }

  /** A call that counts how often it is computed, and opened. */
  record Counting() implements RowCall {
    private static final long serialVersionUID = 1L;
    static final AtomicInteger COUNT = new AtomicInteger();
    static final AtomicInteger OPENED = new AtomicInteger();

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
      OPENED.incrementAndGet();
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
    Counting.COUNT.set(0);
    Counting.OPENED.set(0);
    assertThat(spark.sql(query).collectAsList()).hasSize(1000);
    assertThat(Counting.COUNT).hasValue(1000);
    assertThat(Counting.OPENED).as("once in each of two tasks").hasValue(2);
  }

  /** The memo holds one row, and every call its own. */
  @Test
  void answersWhatWasAsked() {
    assertThat(
            spark
                .sql(
                    "select counted(p)[0] = p and counted(concat(p, '!'))[0] = p || '!' from texts")
                .distinct()
                .collectAsList()
                .toString())
        .isEqualTo("[[true]]");
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
