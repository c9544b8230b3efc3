package io.github.visualbert.cli.batch;

import io.github.visualbert.cli.file.JsonLines;
import io.github.visualbert.internal.file.AtomicFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The format of a batch file, given by the ending of its name. A pipe or device needs none: it is
 * JSON lines, or where it is read, what its first bytes say.
 */
public enum BatchFormat {
  JSON_LINES,
  ARROW_FILE,
  /** The streaming format, which has no footer. */
  ARROW_STREAM;

  private static final String JSON_ENDING = ".jsonl";

  /**
   * Returns the format that a name says, or empty for a file whose name says none.
   *
   * @param file {@code -} for standard input or output
   */
  public static Optional<BatchFormat> of(Path file) {
    String name = file.toString();
    if (name.endsWith(JSON_ENDING)) {
      return Optional.of(JSON_LINES);
    }
    if (name.endsWith(".arrow") || name.endsWith(".feather")) {
      return Optional.of(ARROW_FILE);
    }
    if (name.endsWith(".arrows") || name.endsWith(".ipc")) {
      return Optional.of(ARROW_STREAM);
    }
    return isStream(file) ? Optional.of(JSON_LINES) : Optional.empty();
  }

  /**
   * Returns whether a path stands for a stream and not for a file in a folder: {@code -}, a pipe, a
   * process substitution, {@code /dev/stdin} whatever it was redirected to.
   */
  public static boolean isStream(Path file) {
    return file.equals(JsonLines.STANDARD_STREAM)
        || file.startsWith("/dev")
        || AtomicFile.isSpecial(file);
  }

  /** Returns whether the first bytes decide on the format of an input. */
  public static boolean isUnnamed(Path input) {
    return isStream(input)
        && of(input).equals(Optional.of(JSON_LINES))
        && !input.toString().endsWith(JSON_ENDING);
  }

  /** Returns the format of a file whose name was checked. */
  public static BatchFormat require(Path file) {
    return of(file).orElseThrow(() -> new IllegalArgumentException(file.toString()));
  }

  public boolean isArrow() {
    return this != JSON_LINES;
  }

  /**
   * Returns whether a name stands for standard output: {@code -}, {@code /dev/stdout}, or {@code
   * -.arrows} for Arrow.
   */
  public static boolean isStandardOutput(Path output) {
    return output.equals(JsonLines.STANDARD_STREAM)
        || output.equals(Path.of("/dev/stdout"))
        || output.toString().startsWith("-.") && of(output).equals(Optional.of(ARROW_STREAM));
  }
}
