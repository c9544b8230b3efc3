package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.cli.batch.Row;
import io.github.visualbert.cli.batch.RowSource;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;

/** Rows of an Arrow IPC file or stream. Its first bytes say which of the two it is. */
public final class ArrowRowSource implements RowSource {
  private static final List<String> FEATURES = List.of("visual_embeds", "roi_features");
  private static final List<String> ALWAYS_READ =
      List.of("id", "img_id", "image", "images", "features");

  /** Memory limit of a file: 64 MiB and, as it may be compressed, a multiple of its size. */
  private static final long BASE_MEMORY = 1L << 26;

  private static final long MAX_RATIO = 16;

  private final Path file;
  private final RequestReader parser;
  private final Set<String> read; // other columns are ignored
  private final BufferAllocator root;
  private final ArrowBatches batches;
  private final Map<String, ArrowColumn> columns = new LinkedHashMap<>();
  private int row; // within the batch
  private int rows; // of the batch
  private long number; // of the last row, from 1
  private double progressBefore; // share of the file that was read before the batch
  private double progressAfter; // and with it
  private boolean damaged;
  private volatile double progress;

  /** Opens the messages of a file. */
  @FunctionalInterface
  private interface Opening {
    ArrowMessages open(BufferAllocator root, BufferAllocator allocator) throws IOException;
  }

  private ArrowRowSource(Path file, RequestReader parser, long memory, Opening opening) {
    this.file = file;
    this.parser = parser;
    this.read = new HashSet<>(ALWAYS_READ);
    this.read.addAll(parser.task().columns());
    this.root = ArrowMemory.root();
    BufferAllocator allocator =
        root.newChildAllocator("rows", 0, Math.min(ArrowMemory.MAX_BYTES, memory));
    ArrowBatches[] opened = new ArrowBatches[1];
    guarded(
        () -> {
          opened[0] = new ArrowBatches(opening.open(root, allocator), allocator);
          for (FieldVector vector : opened[0].getVectorSchemaRoot().getFieldVectors()) {
            columns.putIfAbsent(vector.getName(), new ArrowColumn(opened[0], vector));
          }
          requireColumns();
        });
    this.batches = opened[0];
    this.progressAfter = batches.messages().progress();
    this.progress = progressAfter;
  }

  /**
   * Opens a file or stream.
   *
   * @throws InputException when it cannot be read, is damaged, or lacks a column of the task
   */
  public static ArrowRowSource open(Path file, RequestReader parser) {
    long memory = BASE_MEMORY + MAX_RATIO * file.toFile().length();
    return new ArrowRowSource(
        file, parser, memory, (root, allocator) -> MappedArrowMessages.open(file, root, allocator));
  }

  /**
   * Opens a pipe.
   *
   * @param name the name of the pipe, for messages
   * @throws InputException as for a file
   */
  public static ArrowRowSource open(Path name, InputStream in, RequestReader parser) {
    return new ArrowRowSource(
        name,
        parser,
        ArrowMemory.MAX_BYTES,
        (_, allocator) -> new PipedArrowMessages(in, allocator));
  }

  /** Reads untrusted bytes. */
  @FunctionalInterface
  private interface Reading {
    void run() throws IOException;
  }

  private void guarded(Reading reading) {
    damaged = true;
    try {
      reading.run();
      damaged = false;
    } catch (InputException e) {
      throw new InputException(e.kind(), file + ": " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new InputException(Kind.UNREADABLE, file + ": no such file", e);
    } catch (org.apache.arrow.memory.OutOfMemoryException | OutOfMemoryError e) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: a record batch needs more memory than there is; write batches of fewer rows, without compression"
              .formatted(file),
          e);
    } catch (IOException | RuntimeException e) { // what Arrow throws for damaged data
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new InputException(
          Kind.MALFORMED, file + ": expected Arrow data, found damage (" + why + ")", e);
    }
  }

  private void requireColumns() {
    Set<String> names = columns.keySet();
    for (String needed : parser.task().columns()) {
      if (!names.contains(needed)) {
        throw new InputException(
            Kind.MISMATCH,
            "expected a column %s, found %s".formatted(needed, String.join(", ", names)));
      }
    }
    ArrowColumn text = columns.get(parser.task().textField());
    if (!text.isText()) {
      throw new InputException(
          Kind.MISMATCH, text.name() + ": expected texts, found " + text.describe());
    }
    List<String> pictures = List.of("visual_embeds", "roi_features", "image", "images", "features");
    if (names.stream().noneMatch(pictures::contains)) {
      throw new InputException(
          Kind.MISMATCH,
          "expected a column visual_embeds, image, images or features, found "
              + String.join(", ", names));
    }
  }

  private boolean advance() throws IOException {
    while (row == rows) {
      if (!batches.loadNextBatch()) {
        progress = 1;
        return false;
      }
      progressBefore = progressAfter;
      progressAfter = batches.messages().progress();
      row = 0;
      rows = batches.getVectorSchemaRoot().getRowCount();
    }
    row++;
    number++;
    progress = progressBefore + (progressAfter - progressBefore) * row / rows;
    return true;
  }

  @Override
  public Row next() {
    if (!more()) {
      return null;
    }
    String place = "row " + number;
    JsonValue id = rowNumber();
    try {
      JsonObject object = object();
      id = id(object);
      return new Row.Asked(place, parser.request(id, object, features()));
    } catch (JsonException | InputException | IndexOutOfBoundsException e) { // the last: damage
      return new Row.Faulty(place, new Reply.Failed(id, place + ": " + e.getMessage()));
    } catch (OutOfMemoryError e) {
      return Row.Faulty.ofMemory(place, id);
    }
  }

  @Override
  public JsonValue skip() {
    if (!more()) {
      return null;
    }
    try {
      return id(object());
    } catch (JsonException | InputException | IndexOutOfBoundsException _) {
      return rowNumber(); // an invalid row was answered with this id
    }
  }

  private boolean more() {
    boolean[] more = new boolean[1];
    guarded(() -> more[0] = advance());
    return more[0];
  }

  private JsonValue rowNumber() {
    return new JsonValue.Text(Long.toString(number));
  }

  private JsonValue id(JsonObject object) {
    return object.has("id")
        ? object.get("id")
        : object.has("img_id") ? object.get("img_id") : rowNumber();
  }

  /** Returns the row as a line of JSON would hold it. */
  private JsonObject object() {
    Map<String, Object> fields = new LinkedHashMap<>();
    columns.forEach(
        (name, column) -> {
          if (read.contains(name) && !column.isNull(row - 1)) {
            fields.put(name, column.value(row - 1));
          }
        });
    return Json.object(fields);
  }

  private VisualFeatures features() {
    for (String name : FEATURES) {
      ArrowColumn column = columns.get(name);
      if (column != null && !column.isNull(row - 1)) {
        return column.features(row - 1, file + ": row " + number);
      }
    }
    return null;
  }

  /** Returns whether the ids are integers, and not texts. */
  @Override
  public boolean hasIntegerIds() {
    for (String name : List.of("id", "img_id")) {
      if (columns.containsKey(name)) {
        return columns.get(name).isInteger();
      }
    }
    return false;
  }

  @Override
  public double progress() {
    return progress;
  }

  @Override
  public void close() {
    try {
      batches.close();
      if (!damaged) { // Arrow leaks buffers when it finds damage
        root.close();
      }
    } catch (IOException e) {
      throw new InputException(Kind.UNREADABLE, file + ": cannot be closed (" + e + ")", e);
    }
  }
}
