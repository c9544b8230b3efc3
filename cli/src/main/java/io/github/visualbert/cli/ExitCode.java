package io.github.visualbert.cli;

/** What the program tells the shell. Scripts rely on these numbers. */
final class ExitCode {
  static final int OK = 0;

  /** The program is at fault. */
  static final int INTERNAL_ERROR = 1;

  /** The command line is at fault. */
  static final int USAGE = 2;

  /** A text, a picture, features or a batch file is at fault. */
  static final int BAD_INPUT = 3;

  /** A configuration, weights or a vocabulary is at fault. */
  static final int BAD_MODEL = 4;

  private ExitCode() {}
}
