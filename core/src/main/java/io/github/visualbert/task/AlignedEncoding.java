package io.github.visualbert.task;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.text.BertTokenizer;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.text.Tokens;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A question and a choice of VCR as VisualBERT's authors encode them, with what they call the
 * alignment of regions and text.
 *
 * @param alignment (rows of the picture, any) positions in the text where the region is named; null
 *     for a question in plain words
 * @param truncated whether the choice was cut to fit
 */
record AlignedEncoding(Encoding encoding, int[][] alignment, boolean truncated) {
  /** The tokens that the authors trained and tested with. */
  static final int MOST_TOKENS = 128;

  private static final int SPECIAL = 3;

  /**
   * Encodes a choice. What is too much is cut from its front: the authors' code means to cut the
   * question too, but counts its parts instead of its tokens. A choice that is cut altogether
   * leaves the question alone, without the separator behind it.
   *
   * @param limit the most tokens that the model reads
   * @param positions how many positions the model has
   * @throws InputException when the question alone is too long, or the quirk of {@link #align}
   *     leads beyond the positions
   */
  static AlignedEncoding of(
      BertTokenizer tokenizer, TaggedQuestion question, int index, int limit, int positions) {
    NamedText choice = question.namedChoice(index);
    Tokens first = tokenizer.tokenize(question.text());
    Tokens whole = tokenizer.tokenize(choice.text());
    int excess = Math.max(first.size() + whole.size() + SPECIAL - limit, 0);
    if (excess > whole.size()) {
      throw new InputException(
          Kind.UNSUPPORTED,
          "the question has %d tokens, expected at most %d, which leave room for the choices"
              .formatted(first.size(), limit - SPECIAL));
    }
    Tokens second = whole.last(whole.size() - excess);
    List<List<Integer>> alignment = new ArrayList<>();
    for (int row = 0; row < question.picture().regions(); row++) {
      alignment.add(new ArrayList<>());
    }
    align(question, question.named(), first, 1, alignment);
    align(question, choice, second, 1 + first.size() + 1, alignment);
    return new AlignedEncoding(
        tokenizer.join(first, second.size() == 0 ? null : second),
        rows(alignment, positions),
        excess > 0);
  }

  /**
   * Adds where a text names regions. The authors' code takes the number of the word for that of its
   * first token, so the positions drift behind every word of several tokens, and behind what was
   * cut from the front; the checkpoints were trained so. A name that was cut does not count.
   *
   * @param offset the position of the first token
   */
  private static void align(
      TaggedQuestion question,
      NamedText text,
      Tokens tokens,
      int offset,
      List<List<Integer>> alignment) {
    BitSet left = wordsOf(tokens, text);
    for (int word = 0; word < text.words().size(); word++) {
      int object = text.objects().get(word);
      if (object != NamedText.NONE && left.get(word)) {
        alignment.get(question.row(object)).add(word + offset);
      }
    }
  }

  /** Returns the words that have a token. */
  private static BitSet wordsOf(Tokens tokens, NamedText text) {
    BitSet words = new BitSet();
    int word = 0;
    int end = text.words().getFirst().length(); // of the word in the text
    for (int i = 0; i < tokens.size(); i++) {
      while (tokens.start(i) >= end) {
        word++;
        end += 1 + text.words().get(word).length();
      }
      words.set(word);
    }
    return words;
  }

  private static int[][] rows(List<List<Integer>> alignment, int positions) {
    int[][] rows = new int[alignment.size()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = alignment.get(row).stream().mapToInt(Integer::intValue).toArray();
      for (int position : rows[row]) {
        if (position >= positions) {
          throw new InputException(
              Kind.UNSUPPORTED,
              "a region is aligned with position %d of the text, the model has %d; expected a shorter text"
                  .formatted(position, positions));
        }
      }
    }
    return rows;
  }
}
