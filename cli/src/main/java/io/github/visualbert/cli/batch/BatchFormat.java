package io.github.visualbert.cli.batch;

import io.github.visualbert.cli.file.JsonLines;
import java.nio.file.Path;
import java.util.Optional;

/** The format of a batch file, given by the ending of its name. */
public enum BatchFormat {
  JSON_LINES,
  ARROW_FILE,
  /** The streaming format, which has no footer. */
  ARROW_STREAM;

  /**
   * Returns the format that a name says. A bare {@code -} is JSON lines, though standard input may
   * turn out to be Arrow.
   */
  public static Optional<BatchFormat> of(Path file) {
    String name = file.toString();
    if (file.equals(JsonLines.STANDARD_STREAM) || name.endsWith(".jsonl")) {
      return Optional.of(JSON_LINES);
    }
    if (name.endsWith(".arrow") || name.endsWith(".feather")) {
      return Optional.of(ARROW_FILE);
    }
    return name.endsWith(".arrows") || name.endsWith(".ipc")
        ? Optional.of(ARROW_STREAM)
        : Optional.empty();
  }

  /** Returns the format of a file whose name was checked. */
  public static BatchFormat require(Path file) {
    return of(file).orElseThrow(() -> new IllegalArgumentException(file.toString()));
  }

  public boolean isArrow() {
    return this != JSON_LINES;
  }

  /**
   * Returns whether a name stands for standard output: {@code -}, or {@code -.arrows} for Arrow.
   */
  public static boolean isStandardOutput(Path output) {
    return output.equals(JsonLines.STANDARD_STREAM)
        || output.toString().startsWith("-.") && of(output).equals(Optional.of(ARROW_STREAM));
  }
}
