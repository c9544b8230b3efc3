package io.github.visualbert.cli.detect.features;

import io.github.visualbert.cli.detector.RegionTable;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Features as an Arrow file: a row and a record batch for each picture.
 *
 * <p>The columns are {@code id}, {@code width}, {@code height}, {@code visual_embeds} and {@code
 * boxes} as lists of rows, and {@code object_ids}, {@code object_probs}, {@code attribute_ids} and
 * {@code attribute_probs} as lists. Add a column of questions, and {@code run --input} answers
 * them.
 */
final class ArrowFeatures implements AutoCloseable {
  private static final ArrowType INTEGER = new ArrowType.Int(32, true);
  private static final ArrowType LONG = new ArrowType.Int(64, true);
  private static final ArrowType FLOAT = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);

  private final BufferAllocator allocator = new RootAllocator();
  private final VectorSchemaRoot root;

  private ArrowFeatures(int columns) {
    root =
        VectorSchemaRoot.create(
            new Schema(
                List.of(
                    field("id", new ArrowType.Utf8()),
                    field("width", INTEGER),
                    field("height", INTEGER),
                    listOfRows("visual_embeds", columns),
                    listOfRows("boxes", 4),
                    list("object_ids", field("item", LONG)),
                    list("object_probs", field("item", FLOAT)),
                    list("attribute_ids", field("item", LONG)),
                    list("attribute_probs", field("item", FLOAT)))),
            allocator);
  }

  private static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.notNullable(type), List.of());
  }

  private static Field list(String name, Field item) {
    return new Field(name, FieldType.notNullable(new ArrowType.List()), List.of(item));
  }

  private static Field listOfRows(String name, int columns) {
    FieldType row = FieldType.notNullable(new ArrowType.FixedSizeList(columns));
    return list(name, new Field("item", row, List.of(field("item", FLOAT))));
  }

  /**
   * Writes a file.
   *
   * @param rows gives the features of a detection, (regions, columns)
   */
  static void write(Path file, List<NamedDetection> pictures, Function<Detection, Tensor> rows)
      throws IOException {
    int columns = (int) rows.apply(pictures.getFirst().detection().get()).size(1);
    try (ArrowFeatures table = new ArrowFeatures(columns);
        FileChannel out =
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        ArrowFileWriter writer = new ArrowFileWriter(table.root, null, out)) {
      writer.start();
      for (NamedDetection picture : pictures) {
        Detection detection = picture.detection().get();
        table.fill(picture.name(), detection, rows.apply(detection).toFloatArray());
        writer.writeBatch();
      }
      writer.end();
    }
  }

  private void fill(String name, Detection detection, float[] rows) {
    RegionTable table = RegionTable.of(detection);
    ((VarCharVector) root.getVector("id")).setSafe(0, name.getBytes(StandardCharsets.UTF_8));
    ((IntVector) root.getVector("width")).setSafe(0, detection.width());
    ((IntVector) root.getVector("height")).setSafe(0, detection.height());
    int count = detection.regions().size();
    fillRows("visual_embeds", count, rows);
    fillRows("boxes", count, table.boxes());
    fillList("object_ids", table.objectIds());
    fill((Float4Vector) list("object_probs", count).getDataVector(), table.objectProbs());
    fillList("attribute_ids", table.attributeIds());
    fill((Float4Vector) list("attribute_probs", count).getDataVector(), table.attributeProbs());
    root.setRowCount(1);
  }

  /** Makes the only list of a column that long. */
  private ListVector list(String column, int length) {
    ListVector list = (ListVector) root.getVector(column);
    list.startNewValue(0);
    list.endValue(0, length);
    return list;
  }

  private void fillRows(String column, int count, float[] values) {
    FixedSizeListVector rows = (FixedSizeListVector) list(column, count).getDataVector();
    for (int i = 0; i < count; i++) {
      rows.setNotNull(i);
    }
    fill((Float4Vector) rows.getDataVector(), values);
    rows.setValueCount(count);
  }

  private void fillList(String column, long[] values) {
    BigIntVector items = (BigIntVector) list(column, values.length).getDataVector();
    for (int i = 0; i < values.length; i++) {
      items.setSafe(i, values[i]);
    }
    items.setValueCount(values.length);
  }

  private static void fill(Float4Vector items, float[] values) {
    for (int i = 0; i < values.length; i++) {
      items.setSafe(i, values[i]);
    }
    items.setValueCount(values.length);
  }

  @Override
  public void close() {
    root.close();
    allocator.close();
  }
}
