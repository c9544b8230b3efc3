package io.github.visualbert.cli.console;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a command answers: for people, or for programs. */
enum OutputFormat {
  TEXT,
  JSON;

  /** Reads what the command line calls them. */
  static final class Converter implements ITypeConverter<OutputFormat> {
    @Override
    public OutputFormat convert(String value) {
      return switch (value) {
        case "text" -> TEXT;
        case "json" -> JSON;
        default ->
            throw new TypeConversionException("expected text or json, found '" + value + "'");
      };
    }
  }
}
