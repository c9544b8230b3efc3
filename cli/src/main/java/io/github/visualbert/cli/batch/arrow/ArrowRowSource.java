package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.cli.batch.Row;
import io.github.visualbert.cli.batch.RowSource;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;

/** Rows of an Arrow IPC file or stream. Its first bytes say which of the two it is. */
public final class ArrowRowSource implements RowSource {
  /** Memory limit of a file: 64 MiB and, as it may be compressed, a multiple of its size. */
  private static final long BASE_MEMORY = 1L << 26;

  private static final long MAX_RATIO = 16;

  private final Path file;
  private final RequestReader parser;
  private final BufferAllocator root;
  private final ArrowBatches batches;
  private final ArrowColumns columns;
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
    this.root = ArrowMemory.root();
    BufferAllocator allocator =
        root.newChildAllocator("rows", 0, Math.min(ArrowMemory.MAX_BYTES, memory));
    ArrowBatches[] opened = new ArrowBatches[1];
    ArrowColumns[] found = new ArrowColumns[1];
    guarded(
        () -> {
          opened[0] = new ArrowBatches(opening.open(root, allocator), allocator);
          List<FieldVector> vectors = opened[0].getVectorSchemaRoot().getFieldVectors();
          found[0] = new ArrowColumns(opened[0], vectors, parser.task());
        });
    this.batches = opened[0];
    this.columns = found[0];
    this.progressAfter = batches.messages().progress();
    this.progress = progressAfter;
  }

  /**
   * Opens a file or stream.
   *
   * @throws InputException when it cannot be read, is damaged, or lacks a column of the task or has
   *     one of a wrong type
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
      JsonObject object = columns.object(row - 1);
      id = id(object);
      String source = file + ": row " + number;
      return new Row.Asked(
          place, parser.request(id, object, () -> columns.pictures(row - 1, source)));
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
      return id(columns.object(row - 1));
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
    return object.has("id") ? object.get("id") : rowNumber();
  }

  /** Returns whether the ids are integers, and not texts. */
  @Override
  public boolean hasIntegerIds() {
    return columns.hasIntegerIds();
  }

  @Override
  public double progress() {
    return progress;
  }

  @Override
  public void close() {
    try (parser) {
      batches.close();
      if (!damaged) { // Arrow leaks buffers when it finds damage
        root.close();
      }
    } catch (IOException e) {
      throw new InputException(Kind.UNREADABLE, file + ": cannot be closed (" + e + ")", e);
    }
  }
}
