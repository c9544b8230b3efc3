package io.github.visualbert.cli.evaluate;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What {@code visualbert evaluate} measures: the tasks of the papers, and attention. */
enum ScoredTask {
  VQA,
  NLVR2,
  VCR,
  FLICKR,
  /** Attention heads, without predictions. */
  GROUNDING;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Parses names. */
  static final class Converter implements ITypeConverter<ScoredTask> {
    @Override
    public ScoredTask convert(String value) {
      return Arrays.stream(values())
          .filter(task -> task.toString().equals(value))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "expected vqa, nlvr2, vcr, flickr or grounding, found '" + value + "'"));
    }
  }
}
