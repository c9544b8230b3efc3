package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;

/**
 * The JSON objects of a file: one on each line, or the elements of an array, which may be the
 * member of an object.
 *
 * <p>One is held at a time: the annotations of VQA's training set take 400 MB and have more values
 * than a document that is read whole may have.
 */
final class JsonRecords {
  /** Receives the objects. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes one object.
     *
     * @throws JsonException when it is not as expected; the file and line are added
     */
    void visit(JsonObject record, Line line);
  }

  private final ByteSource source;

  private JsonRecords(ByteSource source) {
    this.source = source;
  }

  /**
   * Visits the objects of a file that has one on each line, or is an array of them.
   *
   * @throws InputException when the file cannot be read, is damaged or is not as the visitor
   *     expects
   */
  static void forEach(Path file, Visitor visitor) {
    try (ByteSource source = ByteSource.open(file)) {
      forEach(source, visitor);
    }
  }

  /** Visits the objects of what is left of a file. */
  static void forEach(ByteSource source, Visitor visitor) {
    JsonRecords records = new JsonRecords(source);
    if (source.peekAfterSpace() == '[') {
      records.visitArray(visitor);
      records.requireEnd();
    } else {
      records.visitLines(visitor);
    }
  }

  /**
   * Visits the objects in an array that is a member of the object in a file, or is all of it.
   *
   * @throws InputException as above, or when there is no such member
   */
  static void forEachIn(Path file, String member, Visitor visitor) {
    try (ByteSource source = ByteSource.open(file)) {
      JsonRecords records = new JsonRecords(source);
      if (source.peekAfterSpace() == '[') {
        records.visitArray(visitor);
      } else {
        records.visitMember(member, visitor);
      }
      records.requireEnd();
    }
  }

  /** Returns whether what is left of a file is JSON, as opposed to plain text. */
  static boolean follow(ByteSource source) {
    int first = source.peekAfterSpace();
    return first == '{' || first == '[';
  }

  private void visitLines(Visitor visitor) {
    while (source.peekAfterSpace() >= 0) {
      Line line = source.line();
      visit(source.readLine(), line, visitor);
    }
  }

  private void visitArray(Visitor visitor) {
    source.read();
    boolean more = source.peekAfterSpace() != ']';
    while (more) {
      expect('{', "an object");
      Line line = source.line();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
      copyContainer(bytes);
      visit(bytes.toByteArray(), line, visitor);
      more = source.peekAfterSpace() == ',';
      if (more) {
        source.read();
      }
    }
    expect(']', "',' or ']'");
    source.read();
  }

  private void visitMember(String member, Visitor visitor) {
    boolean found = false;
    expect('{', "an object or an array");
    source.read();
    boolean more = source.peekAfterSpace() != '}';
    while (more) {
      boolean wanted = readKey().equals(member);
      expect(':', "':'");
      source.read();
      if (wanted && !found) {
        expect('[', "an array");
        visitArray(visitor);
        found = true;
      } else {
        skipValue();
      }
      more = source.peekAfterSpace() == ',';
      if (more) {
        source.read();
      }
    }
    expect('}', "',' or '}'");
    source.read();
    if (!found) {
      throw new InputException(
          Kind.MISMATCH, source.file() + ": expected an object with the array " + member);
    }
  }

  private void requireEnd() {
    if (source.peekAfterSpace() >= 0) {
      throw unexpected("the end of the file");
    }
  }

  private static void visit(byte[] json, Line start, Visitor visitor) {
    try {
      visitor.visit(Json.parseObject(json), start);
    } catch (JsonException e) {
      throw located(e, json, start);
    }
  }

  /** Returns an error that names the line in the file, not the line in the record. */
  private static InputException located(JsonException e, byte[] json, Line start) {
    if (e.offset() < 0) {
      return start.malformed(e.getMessage());
    }
    long line = start.number();
    for (int i = 0; i < Math.min(e.offset(), json.length); i++) {
      line += json[i] == '\n' ? 1 : 0;
    }
    return new Line(start.file(), line).malformed(e.problem());
  }

  private String readKey() {
    expect('"', "a key");
    Line start = source.line();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    copyString(bytes, start);
    try {
      return ((JsonValue.Text) Json.parse(bytes.toByteArray())).value();
    } catch (JsonException e) {
      throw located(e, bytes.toByteArray(), start);
    }
  }

  /** Skips a value. Parses only as much of it as finding its end takes. */
  private void skipValue() {
    int first = source.peekAfterSpace();
    if (first == '{' || first == '[') {
      copyContainer(null);
    } else if (first == '"') {
      copyString(null, source.line());
    } else {
      int next = first;
      while (next > ' ' && next != ',' && next != ']' && next != '}') {
        source.read();
        next = source.peek();
      }
    }
  }

  /**
   * Copies an object or array. Brackets are only counted here; the parser checks that they match.
   */
  private void copyContainer(ByteArrayOutputStream to) {
    Line start = source.line();
    int depth = 0;
    do {
      int next = source.peek();
      if (next == '"') {
        copyString(to, start);
        continue;
      }
      take(to, start);
      if (next == '{' || next == '[') {
        depth++;
      } else if (next == '}' || next == ']') {
        depth--;
      }
    } while (depth > 0);
  }

  private void copyString(ByteArrayOutputStream to, Line start) {
    take(to, start);
    int next;
    do {
      next = take(to, start);
      if (next == '\\') {
        take(to, start);
      }
    } while (next != '"');
  }

  private int take(ByteArrayOutputStream to, Line start) {
    int next = source.read();
    if (next < 0) {
      throw start.malformed("the file ends within the value that begins here");
    }
    if (to != null) {
      ByteSource.append(to, next, start);
    }
    return next;
  }

  private void expect(char expected, String what) {
    if (source.peekAfterSpace() != expected) {
      throw unexpected(what);
    }
  }

  private InputException unexpected(String expected) {
    int found = source.peek();
    String what =
        found < 0
            ? "the end of the file"
            : found > 0x20 && found < 0x7f
                ? "'" + (char) found + "'"
                : "byte 0x%02x".formatted(found);
    return source.line().malformed("expected " + expected + ", found " + what);
  }
}
