package io.github.visualbert.cli.batch.json;

import io.github.visualbert.ask.ReplyReader;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.RowSource;
import io.github.visualbert.cli.batch.RunIdentity;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The unfinished output of an interrupted batch run: {@code OUTPUT.partial}, JSON lines whose last
 * line may be incomplete. {@code OUTPUT.partial.run} holds the identity of the run.
 *
 * <p>The file is locked while it is open. Not thread-safe.
 */
public final class PartialReplies implements AutoCloseable {
  private static final int MAX_IDENTITY_BYTES = 1 << 16;

  private final Path file;
  private final TaskName task;
  private final FileChannel channel;
  private long rows;
  private long errors;
  private JsonValue lastId;

  private PartialReplies(Path file, TaskName task, FileChannel channel) {
    this.file = file;
    this.task = task;
    this.channel = channel;
  }

  /** Returns the name of the unfinished version of an output. */
  public static Path of(Path output) {
    return output.resolveSibling(output.getFileName() + ".partial");
  }

  /** Returns the name of the file with the identity of the run. */
  private static Path identityOf(Path output) {
    return output.resolveSibling(output.getFileName() + ".partial.run");
  }

  /** Deletes the unfinished version of an output, if there is one. */
  static void delete(Path output) {
    OutputFile.delete(of(output));
    OutputFile.delete(identityOf(output));
  }

  /**
   * Opens the unfinished version of an output, or creates it. Truncates an incomplete last line,
   * and skips the answered rows of the source.
   *
   * @param run the identity of the current run
   * @throws InputException when it is malformed, belongs to another run, or another run is writing
   *     it
   */
  public static PartialReplies open(Path output, TaskName task, RunIdentity run, RowSource source) {
    Path file = of(output);
    FileChannel channel = null;
    boolean opened = false;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
      PartialReplies partial = new PartialReplies(file, task, channel);
      partial.lock();
      partial.identify(run, identityOf(output));
      partial.readRows();
      partial.skipIn(source);
      opened = true;
      return partial;
    } catch (IOException e) {
      throw new OutputException(file, e);
    } finally {
      if (!opened && channel != null) {
        close(file, channel);
      }
    }
  }

  private void lock() throws IOException {
    boolean locked;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      locked = false;
    }
    if (!locked) {
      throw new InputException(Kind.UNREADABLE, file + ": another run is writing it");
    }
  }

  private void identify(RunIdentity run, Path identityFile) throws IOException {
    if (channel.size() == 0) {
      OutputFile.write(identityFile, text -> text.write(run.json() + "\n"));
      return;
    }
    if (!Files.exists(identityFile)) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: cannot be resumed without %s; delete it to start over"
              .formatted(file, identityFile.getFileName()));
    }
    RunIdentity earlier;
    try {
      byte[] text =
          InputFiles.read(identityFile, "the identity of the run to resume", MAX_IDENTITY_BYTES);
      earlier = RunIdentity.read(Json.parseObject(text));
    } catch (JsonException e) {
      throw new InputException(Kind.MALFORMED, identityFile + ": " + e.getMessage(), e);
    }
    Optional<String> difference = run.difference(earlier);
    if (difference.isPresent()) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: belongs to another run: %s; delete it to start over"
              .formatted(file, difference.get()));
    }
  }

  private void readRows() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long complete = 0;
    while (channel.read(buffer.clear()) > 0) {
      byte[] bytes = buffer.array();
      int from = 0;
      for (int i = 0; i < buffer.position(); i++) {
        if (bytes[i] == '\n') {
          line.write(bytes, from, i - from);
          complete += line.size() + 1;
          add(line.toByteArray());
          line.reset();
          from = i + 1;
        }
      }
      line.write(bytes, from, buffer.position() - from);
    }
    channel.truncate(complete);
    channel.position(complete);
  }

  private void add(byte[] line) {
    rows++;
    try {
      JsonObject reply = ReplyReader.parse(line);
      lastId = reply.get("id");
      if (reply.has("error")) {
        errors++;
      } else if (!reply.getString("task").equals(task.toString())) {
        throw otherRun("task " + task, "task " + reply.getString("task"));
      }
    } catch (JsonException e) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: line %d: expected an answer of the run to resume: %s"
              .formatted(file, rows, e.problemInLine()),
          e);
    }
  }

  private void skipIn(RowSource source) {
    JsonValue id = null;
    for (long row = 0; row < rows; row++) {
      id = source.skip();
      if (id == null) {
        throw otherRun("at most " + row + " answers, as the input has rows", rows + " answers");
      }
    }
    if (rows > 0 && !id.equals(lastId)) {
      throw otherRun("id " + id.describe(), "id " + lastId.describe());
    }
  }

  private InputException otherRun(String expected, String found) {
    return new InputException(
        Kind.MISMATCH,
        "%s: row %d: belongs to another run: expected %s, found %s; delete it to start over"
            .formatted(file, rows, expected, found));
  }

  public Path file() {
    return file;
  }

  /** Returns the open file, positioned after its last complete line. */
  FileChannel channel() {
    return channel;
  }

  /** Returns how many rows are answered. */
  public long rows() {
    return rows;
  }

  /** Returns how many of the answered rows were invalid. */
  public long errors() {
    return errors;
  }

  @Override
  public void close() {
    close(file, channel);
  }

  private static void close(Path file, FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
  }
}
