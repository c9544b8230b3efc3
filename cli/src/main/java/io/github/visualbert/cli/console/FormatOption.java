package io.github.visualbert.cli.console;

import picocli.CommandLine.Option;

/** The option of every command that answers people and programs. */
public final class FormatOption {
  @Option(
      names = "--format",
      paramLabel = "text|json",
      converter = OutputFormat.Converter.class,
      description = "How to answer: text, the default, or json, one object a line.")
  private OutputFormat format = OutputFormat.TEXT;

  public boolean isJson() {
    return format == OutputFormat.JSON;
  }
}
