package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.ask.RowPicture;
import io.github.visualbert.ask.RowPictures;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.UInt8Vector;

/**
 * The columns of a table that a task reads. Their types are checked once, before the first row;
 * other columns are never looked at.
 */
final class ArrowColumns {
  private static final List<String> IDS = List.of("id", "img_id");
  private static final List<String> REGIONS = List.of("visual_embeds", "roi_features");

  private final ArrowBatches batches;
  private final ArrowTypes types;
  private final TaskName task;
  private final Map<String, FieldVector> all = new LinkedHashMap<>();
  private final List<FieldVector> values = new ArrayList<>(); // texts, choices and phrases
  private final FieldVector id; // null where rows have none
  private final ArrowRegions regions; // null where rows name or hold pictures
  private final Map<String, ArrowPictures> pictures = new LinkedHashMap<>();

  /**
   * Finds the columns of a task.
   *
   * @throws InputException when one is missing, or has a type that cannot be read
   */
  ArrowColumns(ArrowBatches batches, List<FieldVector> columns, TaskName task) {
    this.batches = batches;
    this.types = new ArrowTypes(batches);
    this.task = task;
    columns.forEach(column -> all.putIfAbsent(column.getName(), column));
    for (String name : task.columns()) {
      values.add(value(name));
    }
    this.id = id();
    this.regions = regions();
    addPictures();
  }

  private FieldVector value(String name) {
    FieldVector column = all.get(name);
    if (column == null) {
      throw new InputException(
          Kind.MISMATCH,
          "expected a column %s, found %s".formatted(name, String.join(", ", all.keySet())));
    }
    boolean fits =
        switch (name) {
          case "choices" -> types.isListOf(column, types::isText);
          case "phrases" ->
              types.isListOf(
                  column,
                  phrase -> types.isText(phrase) || types.isListOf(phrase, types::isNumber));
          default -> types.isText(column);
        };
    if (!fits) {
      throw refusal(
          column,
          switch (name) {
            case "choices" -> "lists of texts";
            case "phrases" -> "lists of texts, or of lists of integers";
            default -> "texts";
          });
    }
    return column;
  }

  private InputException refusal(FieldVector column, String expected) {
    return new InputException(
        Kind.MISMATCH,
        "%s: expected %s, found %s".formatted(column.getName(), expected, types.describe(column)));
  }

  private FieldVector id() {
    FieldVector column = first(IDS);
    if (column != null && !types.isId(column)) {
      throw refusal(column, "texts, numbers or UUIDs");
    }
    return column;
  }

  /** Returns the first column of these names that is not null in every row, or null. */
  private FieldVector first(List<String> names) {
    for (String name : names) {
      if (all.containsKey(name) && !types.isNull(all.get(name))) {
        return all.get(name);
      }
    }
    return null;
  }

  private ArrowRegions regions() {
    if (task.pictures() != 1) {
      return null; // regions are those of one picture
    }
    FieldVector column = first(REGIONS);
    return column == null ? null : new ArrowRegions(batches, column);
  }

  private void addPictures() {
    for (String name : RowPictures.FIELDS) {
      FieldVector column = first(List.of(name));
      if (column != null) {
        ArrowPictures found = new ArrowPictures(batches, column);
        if (found.isReadable()) {
          pictures.put(name, found);
        } else if (regions == null) { // otherwise the rows have what the task needs
          throw found.refusal();
        }
      }
    }
    if (regions == null && pictures.isEmpty()) {
      throw new InputException(
          Kind.MISMATCH,
          "expected a column %simage, images or features, found %s"
              .formatted(
                  task.pictures() == 1 ? "visual_embeds, " : "", String.join(", ", all.keySet())));
    }
  }

  /** Returns whether the ids are integers that fit a signed 64-bit integer. */
  boolean hasIntegerIds() {
    return id != null && types.isInteger(id) && !(batches.values(id) instanceof UInt8Vector);
  }

  /** Returns a row as a line of JSON would hold it, without its pictures. */
  JsonObject object(int row) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (id != null) {
      put("id", id, row, fields);
    }
    for (FieldVector column : values) {
      put(column.getName(), column, row, fields);
    }
    return Json.object(fields);
  }

  private void put(String name, FieldVector column, int row, Map<String, Object> fields) {
    Object value = new ArrowValues(batches, column.getName()).value(column, row);
    if (value != null) {
      fields.put(name, value);
    }
  }

  /**
   * Returns the pictures of a row.
   *
   * @param source the row, for messages
   * @throws InputException when it has none, or they are invalid
   */
  RowPictures pictures(int row, String source) {
    if (regions != null && !regions.isNull(row)) {
      return new RowPictures(
          "visual_embeds", List.of(new RowPicture.Regions(regions.features(row, source))));
    }
    String field =
        RowPictures.field(name -> pictures.containsKey(name) && !pictures.get(name).isNull(row));
    return pictures.get(field).pictures(row);
  }
}
