package io.github.visualbert.text;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.text.TokenizerConfig.SpecialTokens;
import java.util.List;

/** The ids of the special tokens in one vocabulary. */
record SpecialIds(int unk, int sep, int pad, int cls, int mask) {
  /**
   * Looks the special tokens up.
   *
   * @throws ModelException when some are not in the vocabulary; the message names them all
   */
  static SpecialIds find(SpecialTokens names, Vocabulary vocabulary) {
    List<String> missing =
        names.all().stream().filter(name -> vocabulary.id(name).isEmpty()).toList();
    if (!missing.isEmpty()) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: the special tokens %s are not among its %d tokens"
              .formatted(vocabulary.source(), String.join(", ", missing), vocabulary.size()));
    }
    int[] ids = names.all().stream().mapToInt(name -> vocabulary.id(name).getAsInt()).toArray();
    return new SpecialIds(ids[0], ids[1], ids[2], ids[3], ids[4]);
  }
}
