package io.github.visualbert.cli.console;

/** The exit codes of the program. Scripts rely on these numbers. */
public final class ExitCode {
  public static final int OK = 0;

  /** An error of the program itself. */
  public static final int INTERNAL_ERROR = 1;

  /** The command line is invalid. */
  public static final int USAGE = 2;

  /** A text, a picture, features or a batch file is invalid. */
  public static final int BAD_INPUT = 3;

  /** A configuration, weights or a vocabulary is invalid. */
  public static final int BAD_MODEL = 4;

  private ExitCode() {}
}
