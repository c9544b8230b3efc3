package io.github.visualbert.cli.console;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The format of answers: text for people, JSON for programs. */
enum OutputFormat {
  TEXT,
  JSON;

  /** Parses the value of the option. */
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
