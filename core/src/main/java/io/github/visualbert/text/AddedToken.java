package io.github.visualbert.text;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Path;
import java.util.List;

/** A token that is cut out of a text as it is spelled, as files of settings describe one. */
final class AddedToken {
  /** Flags under which the reference would find the token elsewhere, or spaces beside it. */
  private static final List<String> FLAGS =
      List.of("lstrip", "rstrip", "single_word", "normalized");

  private AddedToken() {}

  /**
   * Returns the spelling.
   *
   * @param key where in the file the token stands, for messages
   * @throws ModelException when it is to be matched in another way
   */
  static String content(Path file, String key, JsonObject token) {
    for (String flag : FLAGS) {
      if (token.getBoolean(flag, false)) {
        throw new ModelException(
            Kind.UNSUPPORTED,
            "%s: %s has %s set, which is not supported".formatted(file, key, flag));
      }
    }
    return token.getString("content");
  }
}
