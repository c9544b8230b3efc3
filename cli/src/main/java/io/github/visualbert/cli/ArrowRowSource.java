package io.github.visualbert.cli;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Type;

/**
 * Rows of an Arrow IPC file or stream, mapped: its pages come and go as they are read, whatever the
 * size of the record batches.
 *
 * <p>A file is read as the stream that it holds between its magic bytes and its footer.
 */
final class ArrowRowSource implements RowSource {
  private static final byte[] MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);
  private static final int CONTINUES = -1;
  private static final List<String> FEATURES = List.of("visual_embeds", "roi_features");
  private static final Set<String> READ =
      Set.of(
          "id",
          "img_id",
          "image",
          "images",
          "features",
          "question",
          "statement",
          "choices",
          "caption",
          "phrases",
          "text");

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final RowParser parser;
  private final Arena arena;
  private final MemorySegment bytes;
  private final List<ArrowField> fields = new ArrayList<>();
  private final Map<String, ArrowColumn> columns = new LinkedHashMap<>();
  private long position;
  private long end;
  private long row; // within the batch
  private long rows; // of the batch
  private long number; // of the last row, from 1
  private volatile double progress;

  private ArrowRowSource(Path file, RowParser parser, Arena arena, MemorySegment bytes) {
    this.file = file;
    this.parser = parser;
    this.arena = arena;
    this.bytes = bytes;
  }

  /**
   * Opens a file or stream.
   *
   * @throws InputException when it cannot be read, is damaged, or lacks a column of the task
   */
  static ArrowRowSource open(Path file, RowParser parser) {
    Arena arena = Arena.ofShared(); // opened here, read by another thread
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(file)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      ArrowRowSource source = new ArrowRowSource(file, parser, arena, bytes);
      source.guarded(source::readSchema);
      opened = true;
      return source;
    } catch (NoSuchFileException e) {
      throw new InputException(Kind.UNREADABLE, file + ": no such file", e);
    } catch (IOException e) {
      throw new InputException(Kind.UNREADABLE, file + ": cannot be read (" + e + ")", e);
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  /** Does something with bytes that may hold anything. */
  private void guarded(Runnable reading) {
    try {
      reading.run();
    } catch (InputException e) {
      throw new InputException(e.kind(), file + ": " + e.getMessage(), e);
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | NullPointerException
        | NegativeArraySizeException e) { // what damaged metadata makes of its readers
      throw new InputException(
          Kind.MALFORMED, file + ": expected Arrow data, found damage (" + e.getMessage() + ")", e);
    }
  }

  private void readSchema() {
    end = bytes.byteSize();
    if (end >= 8 && startsWith(0, MAGIC)) {
      position = 8;
      int footer = end < 18 || !startsWith(end - 6, MAGIC) ? -1 : bytes.get(INT, end - 10);
      if (footer < 0 || footer > end - 18) {
        throw new InputException(
            Kind.MALFORMED, "expected an Arrow file that ends in ARROW1, found one cut short");
      }
      end -= 10 + footer;
    }
    Message message = message();
    if (message == null || message.headerType() != MessageHeader.Schema) {
      throw new InputException(Kind.MALFORMED, "expected an Arrow schema");
    }
    Schema schema = (Schema) message.header(new Schema());
    if (schema.endianness() != Endianness.Little) {
      throw new InputException(Kind.MISMATCH, "expected little-endian Arrow data");
    }
    AtomicInteger count = new AtomicInteger();
    for (int i = 0; i < schema.fieldsLength(); i++) {
      fields.add(ArrowField.of(schema.fields(i), count));
    }
    requireColumns();
  }

  private boolean startsWith(long offset, byte[] expected) {
    return bytes.asSlice(offset, expected.length).mismatch(MemorySegment.ofArray(expected)) < 0;
  }

  private void requireColumns() {
    List<String> names = fields.stream().map(ArrowField::name).toList();
    for (String needed : parser.task().columns()) {
      if (!names.contains(needed)) {
        throw new InputException(
            Kind.MISMATCH,
            "expected a column %s, found %s".formatted(needed, String.join(", ", names)));
      }
    }
    ArrowField text = fields.get(names.indexOf(parser.task().textField()));
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

  /** Returns the next message, or null at the end; the position is then that of its body. */
  private Message message() {
    if (end - position < 4) {
      return null; // a stream may end without a mark
    }
    int size = bytes.get(INT, position);
    position += 4;
    if (size == CONTINUES) {
      size = bytes.get(INT, position);
      position += 4;
    }
    if (size == 0) {
      return null;
    }
    if (size < 0 || size > end - position) {
      throw new InputException(
          Kind.MALFORMED,
          "expected %d bytes of metadata at byte %d, found %d"
              .formatted(size, position, end - position));
    }
    Message message =
        Message.getRootAsMessage(
            bytes.asSlice(position, size).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    position += size;
    if (message.bodyLength() < 0 || message.bodyLength() > end - position) {
      throw new InputException(
          Kind.MALFORMED,
          "expected %d bytes of data at byte %d, found %d"
              .formatted(message.bodyLength(), position, end - position));
    }
    return message;
  }

  private boolean advance() {
    while (row == rows) {
      Message message = message();
      if (message == null) {
        progress = 1;
        return false;
      }
      if (message.headerType() == MessageHeader.RecordBatch) {
        read((RecordBatch) message.header(new RecordBatch()), message.bodyLength());
      }
      position += message.bodyLength(); // of columns that are not read, dictionaries are not either
    }
    row++;
    number++;
    progress = (position - (rows - row) / (double) rows) / bytes.byteSize();
    return true;
  }

  private void read(RecordBatch batch, long bodyLength) {
    if (batch.compression() != null) {
      throw new InputException(
          Kind.MISMATCH, "expected uncompressed Arrow data, found it compressed");
    }
    ArrowColumn.Cursor cursor = new ArrowColumn.Cursor(batch, bytes.asSlice(position, bodyLength));
    columns.clear();
    for (ArrowField field : fields) {
      ArrowColumn column = cursor.next(field);
      if (column.length() != batch.length()) {
        throw new InputException(
            Kind.MALFORMED,
            "column %s has %d values in a batch of %d rows"
                .formatted(field.name(), column.length(), batch.length()));
      }
      if (READ.contains(field.name()) || FEATURES.contains(field.name())) {
        columns.put(field.name(), column);
      }
    }
    row = 0;
    rows = batch.length();
  }

  @Override
  public Row next() {
    boolean[] more = new boolean[1];
    guarded(() -> more[0] = advance());
    if (!more[0]) {
      return null;
    }
    String place = "row " + number;
    JsonValue id = new JsonValue.Text(Long.toString(number));
    try {
      JsonObject object = object();
      id = id(object);
      return new Row.Asked(place, parser.request(id, object, features()));
    } catch (JsonException
        | InputException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) {
      return new Row.Faulty(place, new Reply.Failed(id, place + ": " + e.getMessage()));
    }
  }

  @Override
  public JsonValue skip() {
    boolean[] more = new boolean[1];
    guarded(() -> more[0] = advance());
    return more[0] ? id(object()) : null;
  }

  private JsonValue id(JsonObject object) {
    return object.has("id")
        ? object.get("id")
        : object.has("img_id") ? object.get("img_id") : new JsonValue.Text(Long.toString(number));
  }

  /** Returns the row as the line of JSON that would ask the same. */
  private JsonObject object() {
    JsonWriter json = new JsonWriter().beginObject();
    columns.forEach(
        (name, column) -> {
          if (READ.contains(name) && !column.isNull(row - 1)) {
            column.write(row - 1, json.name(name));
          }
        });
    return Json.parseObject(json.endObject().toString().getBytes(StandardCharsets.UTF_8));
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
  boolean hasIntegerIds() {
    for (String name : List.of("id", "img_id")) {
      for (ArrowField field : fields) {
        if (field.name().equals(name)) {
          return field.type() == Type.Int;
        }
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
    arena.close();
  }
}
