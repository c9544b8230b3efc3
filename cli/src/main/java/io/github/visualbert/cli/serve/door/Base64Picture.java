package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.model.SentPicture;
import java.io.ByteArrayOutputStream;
import java.util.Locale;

/** Pictures in JSON: base64, a {@code data:} URL, or the identifier of one that was sent before. */
final class Base64Picture {
  private Base64Picture() {}

  /**
   * Returns the picture of a text.
   *
   * @param pointer where the text is, as a JSON pointer
   * @throws Problem when it is another address, or not base64
   */
  static SentPicture of(String text, String pointer) {
    if (SentPicture.isId(text)) {
      return new SentPicture(text, null, text);
    }
    String lower = text.substring(0, Math.min(text.length(), 8)).toLowerCase(Locale.ROOT);
    if (lower.startsWith("http:") || lower.startsWith("https:") || lower.startsWith("file:")) {
      throw notFetched(pointer);
    }
    if (lower.startsWith(SentPicture.SCHEME)) {
      throw Problem.ofField(
          Code.FIELD_WRONG,
          pointer,
          "expected picture: and 64 hexadecimal digits, found " + Problem.quote(text));
    }
    if (!lower.startsWith("data:")) {
      if (text.startsWith("/9j/") || !text.startsWith("/") && !text.contains(".")) {
        return decode(text, 0, pointer);
      }
      throw notFetched(pointer); // a path
    }
    int comma = text.indexOf(',');
    if (comma < 0 || !text.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(";base64")) {
      throw Problem.ofField(
          Code.FIELD_WRONG, pointer, "expected a data: URL in base64, as data:image/png;base64,…");
    }
    return decode(text, comma + 1, pointer);
  }

  private static Problem notFetched(String pointer) {
    return Problem.ofField(
        Code.PICTURE_NOT_FETCHED,
        pointer,
        "send the picture as base64 or a data: URL; this server opens no addresses and no files");
  }

  /** Decodes the standard alphabet; padding is optional, white space is skipped. */
  private static SentPicture decode(String text, int from, String pointer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(3 * ((text.length() - from) / 4) + 3);
    int bits = 0;
    int count = 0;
    boolean padded = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c >= '\t' && c <= '\r') {
        continue;
      }
      int value = value(c);
      if (c == '=' && count % 4 >= 2 || c == '=' && padded) {
        padded = true;
        continue;
      }
      if (value < 0 || padded) {
        throw Problem.ofField(
            Code.PICTURE_UNREADABLE,
            pointer,
            "expected base64, found %s at offset %d".formatted(Problem.quote("" + c), i));
      }
      bits = bits << 6 | value;
      if (++count % 4 != 1) {
        bytes.write(bits >> 2 * (3 - (count - 1) % 4));
      }
    }
    if (count % 4 == 1) {
      throw Problem.ofField(
          Code.PICTURE_UNREADABLE,
          pointer,
          "expected base64, found its end at offset %d".formatted(text.length()));
    }
    return SentPicture.of(bytes.toByteArray(), pointer.substring(1));
  }

  private static int value(char c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
  }
}
