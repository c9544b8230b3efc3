package io.github.visualbert.task;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What the rows and columns of an attention map stand for: the words of the text, special tokens
 * included, and then the regions of the pictures.
 *
 * @param words every word that the model reads, in its order
 * @param regions how many regions each picture has; one picture, or two
 * @param truncated whether the text had to be cut to fit the model
 */
public record AttentionRows(List<Word> words, List<Integer> regions, boolean truncated) {

  /** Where a word of the model's input comes from. */
  public enum Source {
    /** The text. */
    TEXT,
    /** The second text of a pair. */
    PAIR,
    /** Nowhere: a token that the model's conventions add, such as {@code [CLS]}. */
    ADDED
  }

  /**
   * A word as the tokenizer splits the text, which also makes words of punctuation. The model reads
   * it as one piece or several.
   *
   * @param text the word as the text spells it; an added token as the vocabulary does
   * @param begin its start in its text, in chars; 0 for an added token
   * @param end its end, exclusive; 0 for an added token
   * @param firstRow the row of its first piece
   * @param pieces how many pieces, and rows, it has
   */
  public record Word(String text, Source source, int begin, int end, int firstRow, int pieces) {}

  public AttentionRows {
    words = List.copyOf(words);
    regions = List.copyOf(regions);
  }

  /** Returns the number of rows that are text, pieces and special tokens. */
  public int textRows() {
    Word last = words.getLast();
    return last.firstRow() + last.pieces();
  }

  /** Returns the number of regions of all pictures. */
  public int regionCount() {
    return regions.stream().mapToInt(Integer::intValue).sum();
  }

  /** Returns the number of rows: text, then regions. */
  public int count() {
    return textRows() + regionCount();
  }

  /** Returns the picture that a region belongs to, given its number among those of all pictures. */
  public int pictureOf(int region) {
    int picture = 0;
    int begin = 0;
    while (region >= begin + regions.get(picture)) {
      begin += regions.get(picture++);
    }
    return picture;
  }

  /**
   * Returns the words that overlap a range of the text, by their indices: those of a phrase, or of
   * a word that another tokenizer found. Empty where the model does not read that far.
   *
   * @param begin in chars
   * @param end exclusive
   */
  public int[] wordsWithin(int begin, int end) {
    return IntStream.range(0, words.size())
        .filter(
            i -> {
              Word word = words.get(i);
              return word.source() == Source.TEXT && word.begin() < end && word.end() > begin;
            })
        .toArray();
  }
}
