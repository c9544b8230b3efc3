package io.github.visualbert.spark;

import io.github.visualbert.ask.RowFolder;
import io.github.visualbert.ask.RowPicture;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.immutable.ArraySeq;

/**
 * The regions that a detector finds in a picture, with the fields of {@code visualbert detect
 * --format json}.
 *
 * @param features whether each region has its features
 */
record DetectCall(DetectSettings settings, boolean features, ErrorMode errors) implements RowCall {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger("io.github.visualbert.spark");
  static final String NAME = "visualbert_detect";
  static final List<String> ARGUMENTS = List.of("picture");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return ARGUMENTS;
  }

  @Override
  public DataType resultType() {
    return errors == ErrorMode.COLUMN
        ? DataTypes.createStructType(
            List.of(field("error", DataTypes.StringType), field("regions", regions())))
        : regions();
  }

  private ArrayType regions() {
    ArrayType floats = DataTypes.createArrayType(DataTypes.FloatType, false);
    List<StructField> fields = new ArrayList<>();
    fields.add(field("box", floats));
    fields.add(field("object", DataTypes.StringType));
    fields.add(field("object_id", DataTypes.IntegerType));
    fields.add(field("confidence", DataTypes.FloatType));
    fields.add(field("attribute", DataTypes.StringType));
    fields.add(field("attribute_id", DataTypes.IntegerType));
    fields.add(field("attribute_confidence", DataTypes.FloatType));
    if (features) {
      fields.add(field("features", floats));
    }
    return DataTypes.createArrayType(DataTypes.createStructType(fields), false);
  }

  private static StructField field(String name, DataType type) {
    return DataTypes.createStructField(name, type, true);
  }

  @Override
  public Computation open() {
    RegionDetector detector = OpenModels.detector(settings);
    return (arguments, id) -> {
      String error;
      try {
        Object regions = rows(detect(detector, arguments[0]));
        return errors == ErrorMode.COLUMN ? RowFactory.create(null, regions) : regions;
      } catch (InputException e) {
        error = e.getMessage();
      } catch (OutOfMemoryError _) {
        error = Answering.OUT_OF_MEMORY;
      }
      String line = (id == null ? "a row" : "row " + id) + ": " + error;
      if (errors == ErrorMode.FAIL) {
        throw new InvalidRowException(line);
      }
      LOG.warn("visualbert: {}", line);
      return errors == ErrorMode.COLUMN ? RowFactory.create(error, null) : null;
    };
  }

  private static Detection detect(RegionDetector detector, Object picture) {
    TaskRow row =
        new TaskRow(null, java.util.Map.of(), "picture", java.util.Arrays.asList(picture));
    return switch (new PictureValues(1).of(row).pictures().getFirst()) {
      case RowPicture.Encoded(byte[] file, String name) -> detector.detect(file, name);
      case RowPicture.File(String path) -> detector.detect(new RowFolder(Path.of("")).file(path));
      default -> throw new IllegalStateException(); // the argument's type was checked
    };
  }

  private ArraySeq<?> rows(Detection detection) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < detection.regions().size(); i++) {
      Region region = detection.regions().get(i);
      boolean attributes = region.attributeId() >= 0;
      List<Object> values = new ArrayList<>();
      values.add(ReplyRows.floats(region.x1(), region.y1(), region.x2(), region.y2()));
      values.add(region.object());
      values.add(region.objectId());
      values.add(region.confidence());
      values.add(region.attribute());
      values.add(attributes ? region.attributeId() : null);
      values.add(attributes ? region.attributeConfidence() : null);
      if (features) {
        int dim = detection.features().dim();
        float[] numbers = new float[dim];
        detection.features().tensor().copyTo((long) i * dim, numbers, 0, dim);
        values.add(ReplyRows.floats(numbers));
      }
      rows.add(RowFactory.create(values.toArray()));
    }
    return ArraySeq.unsafeWrapArray(rows.toArray());
  }
}
