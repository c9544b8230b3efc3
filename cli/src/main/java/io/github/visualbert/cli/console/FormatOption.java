package io.github.visualbert.cli.console;

import picocli.CommandLine.Option;

/** The option {@code --format}: text for people or JSON for programs. */
public final class FormatOption {
  @Option(
      names = "--format",
      paramLabel = "text|json",
      converter = OutputFormat.Converter.class,
      description = "Output format: text, the default, or json, one object per line.")
  private OutputFormat format = OutputFormat.TEXT;

  public boolean isJson() {
    return format == OutputFormat.JSON;
  }
}
