package io.github.visualbert.cli.console;

/**
 * Makes text from users' files safe to print. Control characters are escaped, so that the text
 * stays on one line and cannot move the cursor.
 */
public final class Printable {
  private Printable() {}

  /** Returns a text with an escape such as {@code \n} in place of each control character. */
  public static String of(String text) {
    int at = 0;
    while (at < text.length() && !isControl(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, at);
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      switch (c) {
        case '\n' -> shown.append("\\n");
        case '\r' -> shown.append("\\r");
        case '\t' -> shown.append("\\t");
        default -> {
          if (isControl(c)) {
            String hex = Integer.toHexString(c);
            shown.append("\\u").repeat("0", 4 - hex.length()).append(hex);
          } else {
            shown.append(c);
          }
        }
      }
    }
    return shown.toString();
  }

  /** Includes line and paragraph separators, and marks that change the writing direction. */
  private static boolean isControl(char c) {
    return Character.isISOControl(c)
        || c == '\u2028'
        || c == '\u2029'
        || c >= '\u202a' && c <= '\u202e'
        || c >= '\u2066' && c <= '\u2069';
  }
}
