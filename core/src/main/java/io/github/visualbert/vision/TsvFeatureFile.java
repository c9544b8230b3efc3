package io.github.visualbert.vision;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code .tsv} file: a line for each picture. Such files reach tens of gigabytes, so lines are
 * scanned only as far as needed, and only their names and offsets are kept.
 */
final class TsvFeatureFile extends FeatureFile {
  /** Enough for the most numbers in base64, and for the boxes and the other columns of LXMERT. */
  private static final int MAX_LINE_BYTES = 7 * VisualFeatures.MAX_NUMBERS;

  private record Line(int number, long offset, int length) {}

  private final Path file;
  private final SeekableByteChannel channel;
  private final LineScanner scanner;
  private final List<String> names = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();
  private final Map<String, Integer> indices =
      new HashMap<>(); // of the first line with a name: some files repeat pictures
  private TsvColumns columns; // null until the first line is scanned
  private InputException damage; // of the line that ended the scan

  TsvFeatureFile(Path file) {
    this(file, channel(file));
  }

  /** Takes ownership of the channel. */
  TsvFeatureFile(Path file, SeekableByteChannel channel) {
    super(file.toString());
    this.file = file;
    this.channel = channel;
    scanner = new LineScanner(channel, file, MAX_LINE_BYTES);
  }

  private static SeekableByteChannel channel(Path file) {
    try {
      return Files.newByteChannel(file);
    } catch (IOException e) {
      throw InputFiles.unreadable(file, "region features", e);
    }
  }

  /** Recognises text with at least three tabs and no other control characters than line endings. */
  static boolean recognises(byte[] head) {
    int tabs = 0;
    for (byte b : head) {
      if (b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r') {
        return false;
      }
      tabs += b == '\t' ? 1 : 0;
    }
    return tabs >= 3;
  }

  @Override
  public List<String> names() {
    while (scan()) {}
    return Collections.unmodifiableList(names);
  }

  @Override
  public VisualFeatures read() {
    while (names.size() < 2 && scan()) {}
    return read(names.size() == 1 ? 0 : indices.get(onlyName()));
  }

  @Override
  public VisualFeatures read(String name) {
    while (!indices.containsKey(name) && scan()) {}
    int index = indices.getOrDefault(name, index(name));
    if (index < 0 || index >= names.size()) {
      throw missing(name);
    }
    return read(index);
  }

  private VisualFeatures read(int index) {
    Line line = lines.get(index);
    byte[] bytes = LineScanner.read(channel, file, line.offset, line.length);
    return new TsvLine(bytes, columns, where(line.number, names.get(index))).features();
  }

  /**
   * Scans the next picture's line; returns false when there is none. An invalid line ends the scan:
   * whether a picture is found must not depend on which were asked for before.
   */
  private boolean scan() {
    if (damage != null) {
      throw damage;
    }
    try {
      return scanLine();
    } catch (InputException e) {
      damage = e;
      throw e;
    }
  }

  private boolean scanLine() {
    if (!scanner.next()) {
      return false;
    }
    String start = scanner.start();
    if (columns == null) {
      boolean header = TsvColumns.isHeader(start.split("\t", 2)[0]);
      columns =
          header
              ? TsvColumns.ofHeader(List.of(start.split("\t", -1)))
              : TsvColumns.ofCount(scanner.fields());
      if (columns == null) {
        throw malformed(
            "expected "
                + TsvColumns.EXPECTED
                + ", found "
                + (header ? "the names " + printable(start) : scanner.fields()));
      }
      if (header) {
        return scanLine();
      }
    }
    if (scanner.fields() != columns.count()) {
      throw malformed("expected %d columns, found %d".formatted(columns.count(), scanner.fields()));
    }
    int end = start.indexOf('\t');
    if (end < 0) {
      throw malformed("expected a name of at most %d bytes".formatted(LineScanner.MAX_START_BYTES));
    }
    if (names.size() == MAX_PICTURES) {
      throw new InputException(
          Kind.UNSUPPORTED, "%s: holds more than %d pictures".formatted(file, MAX_PICTURES));
    }
    String name = start.substring(0, end);
    indices.putIfAbsent(name, names.size());
    names.add(name);
    lines.add(new Line(scanner.number(), scanner.offset(), scanner.length()));
    return true;
  }

  private String where(int line, String name) {
    return "%s[%s], line %d".formatted(file, printable(name), line);
  }

  private InputException malformed(String what) {
    return new InputException(
        Kind.MALFORMED, "%s, line %d: %s".formatted(file, scanner.number(), what));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is lost when closing a file that was only read fails.
    }
  }
}
