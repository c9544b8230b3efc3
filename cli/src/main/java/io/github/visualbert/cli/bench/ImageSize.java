package io.github.visualbert.cli.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The height and width of a picture as a network sees it. */
record ImageSize(int height, int width) {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,4})x([1-9][0-9]{0,4})");

  /** Returns a size whose sides are multiples of a divisor, as a network pads its pictures. */
  ImageSize padded(int divisor) {
    return new ImageSize(
        Math.ceilDiv(height, divisor) * divisor, Math.ceilDiv(width, divisor) * divisor);
  }

  /** Parses a height and a width, such as 800x1333. */
  static final class Converter implements ITypeConverter<ImageSize> {
    @Override
    public ImageSize convert(String value) {
      Matcher matcher = FORM.matcher(value);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "expected a height and a width such as 800x1333, found '" + value + "'");
      }
      return new ImageSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
  }
}
