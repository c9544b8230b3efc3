package io.github.visualbert.cli.model;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One number of threads, or several with commas between them. */
record ThreadCounts(List<Integer> counts) {
  static ThreadCounts of(int count) {
    return new ThreadCounts(List.of(count));
  }

  @Override
  public String toString() {
    return String.join(",", counts.stream().map(String::valueOf).toList());
  }

  /** Parses numbers; whether they are positive is checked where they are used. */
  static final class Converter implements ITypeConverter<ThreadCounts> {
    @Override
    public ThreadCounts convert(String value) {
      List<Integer> counts = new ArrayList<>();
      for (String count : value.split(",", -1)) {
        try {
          counts.add(Integer.valueOf(count));
        } catch (NumberFormatException e) {
          throw new TypeConversionException("'" + value + "' is not an int");
        }
      }
      return new ThreadCounts(counts);
    }
  }
}
