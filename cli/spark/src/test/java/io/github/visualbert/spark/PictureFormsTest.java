package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.VisualBert;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.ArraySeq;

/** A picture in each form that it may have, and its features in theirs. */
class PictureFormsTest {
  private static final List<String> FORMS =
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

  private static final ArrayType FLOATS = DataTypes.createArrayType(DataTypes.FloatType);
  private static final ArrayType DOUBLES = DataTypes.createArrayType(DataTypes.DoubleType);
  private static final StructType FEATURES =
      new StructType()
          .add("nested", DataTypes.createArrayType(FLOATS))
          .add("doubles", DataTypes.createArrayType(DOUBLES))
          .add("flat", FLOATS);

  @Test
  void hasTheSameAnswersInEveryForm() {
    SparkSession spark = Sessions.local();
    String picture = Sessions.picture(1);
    try (VisualBert model = VisualBert.open(Sessions.demo("vqa"))) {
      spark
          .createDataFrame(List.of(row(model.regions(Path.of(picture)))), FEATURES)
          .createOrReplaceTempView("features");
    }
    spark.read().format("binaryFile").load(picture).createOrReplaceTempView("pictures");
    List<String> calls = new ArrayList<>();
    for (String form : FORMS) {
      calls.add("visualbert_vqa('what is the colour of the ring?', %s)".formatted(form));
    }
    Row row = spark.sql("select " + String.join(", ", calls) + " from pictures, features").first();
    List<Row> expected =
        spark
            .sql(
                "select visualbert_vqa('what is the colour of the ring?', '%s')".formatted(picture))
            .first()
            .getList(0);
    assertThat(expected).hasSize(5);
    for (int i = 0; i < FORMS.size(); i++) {
      assertThat(row.<Row>getList(i)).as(FORMS.get(i)).isEqualTo(expected);
    }
  }

  private static Row row(VisualFeatures features) {
    List<Object> floats = new ArrayList<>();
    List<Object> doubles = new ArrayList<>();
    float[] all = features.toArray();
    for (int i = 0; i < features.regions(); i++) {
      float[] region = new float[features.dim()];
      double[] wide = new double[features.dim()];
      for (int j = 0; j < region.length; j++) {
        region[j] = all[i * region.length + j];
        wide[j] = region[j];
      }
      floats.add(ArraySeq.unsafeWrapArray(region));
      doubles.add(ArraySeq.unsafeWrapArray(wide));
    }
    return RowFactory.create(
        ArraySeq.unsafeWrapArray(floats.toArray()),
        ArraySeq.unsafeWrapArray(doubles.toArray()),
        ArraySeq.unsafeWrapArray(all));
  }
}
