package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.ask.TaskName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two executors that are JVMs of their own. The last class, as it ends the session of the others.
 */
@Order(Integer.MAX_VALUE)
class ClusterTest {
  @Test
  void hasTheBitsOfOneMachine() {
    SparkSession spark = Sessions.cluster();
    String image = Sessions.picture(1);
    String question = "what is the colour of the ring?";
    spark
        .range(0, 64, 1, 4)
        .selectExpr("id", "'%s' as image".formatted(image), "'%s' as question".formatted(question))
        .createOrReplaceTempView("questions");
    List<Row> batches =
        VisualBertFunctions.answers(spark.table("questions"), "vqa", Map.of())
            .orderBy("id")
            .collectAsList();
    List<Row> single =
        spark
            .sql("select id, visualbert_vqa(question, image) from questions order by id")
            .collectAsList();
    assertThat(batches).hasSize(64);
    assertThat(single).hasSize(64);
    try (Expected expected = new Expected(TaskName.VQA, "vqa", 5)) {
      String answers =
          expected.answers(
              "{\"id\":1,\"image\":\"%s\",\"question\":\"%s\"}".formatted(image, question));
      for (int i = 0; i < 64; i++) {
        assertThat(Expected.json(batches.get(i).getList(3))).isEqualTo(answers);
        assertThat(Expected.json(single.get(i).getList(1))).isEqualTo(answers);
      }
    }
  }

  /** As {@code --archives model.zip#shipped} and {@code --files config.json,…} ship it. */
  @ParameterizedTest
  @ValueSource(strings = {"shipped", "."})
  void findsAModelThatWasShipped(String name) throws IOException {
    SparkSession spark = Sessions.cluster();
    Path zip = Sessions.scratch("ship").resolve("model.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
        Stream<Path> files = Files.list(Sessions.demo("vqa"))) {
      for (Path file : files.toList()) {
        out.putNextEntry(new ZipEntry(file.getFileName().toString()));
        Files.copy(file, out);
        if (name.equals(".")) {
          spark.sparkContext().addFile(file.toString());
        }
      }
    }
    if (!name.equals(".")) {
      spark.sparkContext().addArchive(zip + "#" + name);
    }
    String query =
        "select visualbert_vqa('what is the colour of the ring?', concat(p, '.png'), map('model',"
            + " '%s')) from (select '%s' as p from range(0, 2, 1, 2))";
    String picture = Sessions.picture(1).replace(".png", "");
    List<Row> shipped = spark.sql(query.formatted(name, picture)).collectAsList();
    String demo = Sessions.demo("vqa").toString();
    assertThat(shipped)
        .hasSize(2)
        .isEqualTo(spark.sql(query.formatted(demo, picture)).collectAsList());
    assertThat(shipped.getFirst().getList(0)).hasSize(5);
  }
}
