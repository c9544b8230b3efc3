package io.github.visualbert.text;

import io.github.visualbert.error.ModelException;
import java.nio.file.Path;
import java.util.List;

/**
 * What differs from one BERT tokenizer to another besides the vocabulary: the part of {@code
 * tokenizer_config.json} that changes ids.
 *
 * @param lowerCase whether to lower the case: {@code do_lower_case}
 * @param stripAccents whether to decompose and drop accents: {@code strip_accents}, which follows
 *     {@code do_lower_case} where it is not set
 * @param chineseChars whether each Chinese character is a word: {@code tokenize_chinese_chars}
 * @param special the names of the special tokens
 * @param maxLength the longest encoding the model was made for, special tokens included: {@code
 *     model_max_length}; {@link Integer#MAX_VALUE} where there is no bound
 */
public record TokenizerConfig(
    boolean lowerCase,
    boolean stripAccents,
    boolean chineseChars,
    SpecialTokens special,
    int maxLength) {

  /** The names of the special tokens, each of which must be in the vocabulary. */
  public record SpecialTokens(String unk, String sep, String pad, String cls, String mask) {
    /** The names in all published BERT models. */
    public static final SpecialTokens DEFAULT =
        new SpecialTokens("[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]");

    /** What they are called in files: before {@code _token}, in the order of {@link #all}. */
    static final List<String> KEYS = List.of("unk", "sep", "pad", "cls", "mask");

    /** Those whose names a tokenizer.json tells without being asked for. */
    static final List<String> TOLD_BY_TOKENIZER_JSON = List.of("unk", "sep", "cls");

    /** Returns one of them by its key. */
    String of(String key) {
      return all().get(KEYS.indexOf(key));
    }

    /** Returns all of them. */
    public List<String> all() {
      return List.of(unk, sep, pad, cls, mask);
    }
  }

  /** Checks that {@code maxLength} is positive. */
  public TokenizerConfig {
    if (maxLength < 1) {
      throw new IllegalArgumentException("maxLength is " + maxLength + ", expected 1 or more");
    }
  }

  /** Returns the configuration of {@code bert-base-uncased}, without a bound on the length. */
  public static TokenizerConfig uncased() {
    return new TokenizerConfig(true, true, true, SpecialTokens.DEFAULT, Integer.MAX_VALUE);
  }

  /** Returns the configuration of {@code bert-base-cased}, without a bound on the length. */
  public static TokenizerConfig cased() {
    return new TokenizerConfig(false, false, true, SpecialTokens.DEFAULT, Integer.MAX_VALUE);
  }

  /**
   * Reads a {@code tokenizer_config.json}. What is not set is as in {@link #uncased}; keys that
   * change no id are ignored.
   *
   * @throws ModelException when the file cannot be read, is not such a file, or asks for something
   *     that would change ids and is not supported
   */
  public static TokenizerConfig read(Path file) {
    return TokenizerFiles.readConfig(file, null);
  }

  TokenizerConfig withSpecial(SpecialTokens names) {
    return new TokenizerConfig(lowerCase, stripAccents, chineseChars, names, maxLength);
  }
}
