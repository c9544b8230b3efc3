package io.github.visualbert.spark;

import io.github.visualbert.ask.RowPictures;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;

/**
 * The columns of a table that a task reads: {@code id}, its texts, and those that may give
 * pictures. Named as the fields of {@code visualbert run --input}.
 */
final class TaskColumns implements Serializable {
  private static final long serialVersionUID = 1L;

  static final String ID = "id";
  static final String REGIONS = "visual_embeds";

  private final ArrayList<String> names = new ArrayList<>(); // serializable
  private final ArrayList<String> texts;
  private final ArrayList<String> pictures = new ArrayList<>();
  private boolean files = true;

  /**
   * Finds the columns of a task.
   *
   * @throws InputException when one is missing, or has a type that cannot be read
   */
  TaskColumns(TaskName task, StructType table) {
    Map<String, DataType> types = new LinkedHashMap<>();
    for (StructField field : table.fields()) {
      types.put(field.name(), field.dataType());
    }
    texts = new ArrayList<>(task.columns());
    require(ID, types.get(ID), types);
    names.add(ID);
    for (String name : texts) {
      DataType type = types.get(name);
      require(name, type, types);
      if (!ValueTypes.isText(name, type)) {
        throw refusal(name, ValueTypes.expectedText(name), type);
      }
      names.add(name);
    }
    List<String> candidates = new ArrayList<>(RowPictures.FIELDS);
    if (task.pictures() == 1) {
      candidates.addFirst(REGIONS);
    }
    for (String name : candidates) {
      DataType type = types.get(name);
      if (type != null) {
        if (!ValueTypes.isPicture(name, type)) {
          throw refusal(name, ValueTypes.expectedPicture(name), type);
        }
        files &= !name.equals(REGIONS) && !name.equals(RowPictures.FEATURES);
        pictures.add(name);
        names.add(name);
      }
    }
    if (pictures.isEmpty()) {
      require(String.join(", ", candidates), null, types);
    }
  }

  private static void require(String name, DataType type, Map<String, DataType> all) {
    if (type == null) {
      throw new InputException(
          Kind.MISMATCH,
          "expected a column %s, found %s".formatted(name, String.join(", ", all.keySet())));
    }
  }

  private static InputException refusal(String name, String expected, DataType found) {
    return new InputException(
        Kind.MISMATCH, "%s: expected %s, found %s".formatted(name, expected, found.simpleString()));
  }

  /** Returns the columns to read, in the order that {@link #row} takes them. */
  List<String> names() {
    return names;
  }

  /** Returns the columns that may give pictures. */
  List<String> pictures() {
    return pictures;
  }

  /** Returns whether every row gives its pictures as files, of which regions must be found. */
  boolean areFiles() {
    return files;
  }

  /** Returns the values of a row that has these columns. */
  TaskRow row(Row row) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      Object value = row.get(1 + i);
      if (value != null) {
        values.put(texts.get(i), ValueTypes.plain(value));
      }
    }
    String field = pictures.getFirst();
    Object found = null;
    for (int i = 0; i < pictures.size() && found == null; i++) {
      found = row.get(1 + texts.size() + i);
      field = found == null ? field : pictures.get(i);
    }
    return new TaskRow(row.get(0), values, field, several(field, found));
  }

  private static List<Object> several(String field, Object value) {
    List<Object> pictures = new ArrayList<>();
    if (value instanceof Seq<?> array && !field.equals(REGIONS)) {
      array.iterator().foreach(pictures::add);
    } else {
      pictures.add(value);
    }
    return pictures;
  }
}
