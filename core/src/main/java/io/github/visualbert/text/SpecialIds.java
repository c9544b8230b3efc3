package io.github.visualbert.text;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.text.TokenizerConfig.SpecialTokens;
import java.util.ArrayList;
import java.util.List;

/** The ids of the special tokens in one vocabulary. */
record SpecialIds(int unk, int sep, int pad, int cls, int mask) {
  /**
   * Looks the special tokens up.
   *
   * @throws ModelException when some are not in the vocabulary; the message names them all
   */
  static SpecialIds find(SpecialTokens names, Vocabulary vocabulary) {
    List<String> all = names.all();
    int[] ids = new int[all.size()];
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      ids[i] = vocabulary.id(all.get(i)).orElse(-1);
      if (ids[i] < 0) {
        missing.add(all.get(i));
      }
    }
    if (!missing.isEmpty()) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: the special tokens %s are not among its %d tokens"
              .formatted(vocabulary.source(), String.join(", ", missing), vocabulary.size()));
    }
    return new SpecialIds(ids[0], ids[1], ids[2], ids[3], ids[4]);
  }
}
