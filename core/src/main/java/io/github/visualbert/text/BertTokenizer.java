package io.github.visualbert.text;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes texts for a BERT model: the tokenizer of {@code bert-base-uncased} and its like.
 *
 * <p>Gives the ids of {@code BertTokenizer} of Hugging Face transformers 5 (tokenizers 0.23), for
 * every text that it takes. Special tokens spelled out in a text, such as {@code [MASK]}, stand for
 * themselves. Immutable and thread-safe; the work grows linearly with the text.
 */
public final class BertTokenizer {
  /** The most chars of one text: a bound on memory, far beyond what any model reads. */
  static final int MAX_TEXT_LENGTH = 1 << 22;

  private static final int SPECIAL_IN_SINGLE = 2;
  private static final int SPECIAL_IN_PAIR = 3;

  private final Vocabulary vocabulary;
  private final TokenizerConfig config;
  private final SpecialIds specialIds;

  private final String[] specialTokens;
  private final BertNormalizer normalizer;

  /**
   * Makes a tokenizer.
   *
   * @throws ModelException when the vocabulary lacks a special token
   */
  public BertTokenizer(Vocabulary vocabulary, TokenizerConfig config) {
    this.vocabulary = vocabulary;
    this.config = config;
    specialIds = SpecialIds.find(config.special(), vocabulary);
    specialTokens = config.special().all().toArray(new String[0]);
    normalizer =
        new BertNormalizer(config.chineseChars(), config.stripAccents(), config.lowerCase());
  }

  /**
   * Opens the tokenizer of a model folder: {@code tokenizer.json}, or where there is none {@code
   * vocab.txt}; and what {@code tokenizer_config.json}, {@code special_tokens_map.json} and {@code
   * added_tokens.json} state. What no file states is as in {@code bert-base-uncased}.
   *
   * @throws ModelException when the vocabulary is missing, a file is invalid, the files contradict
   *     each other, or they ask for another tokenizer than BERT's
   */
  public static BertTokenizer open(Path folder) {
    return new TokenizerFiles(folder).open();
  }

  public Vocabulary vocabulary() {
    return vocabulary;
  }

  public TokenizerConfig config() {
    return config;
  }

  /** Returns the id of the token that stands for a masked word. */
  public int maskId() {
    return specialIds.mask();
  }

  /** Encodes a text, however long. */
  public Encoding encode(String text) {
    return encode(text, null, Truncation.none(), Padding.none());
  }

  /** Encodes a pair of texts, however long. */
  public Encoding encode(String text, String pair) {
    return encode(text, pair, Truncation.none(), Padding.none());
  }

  /**
   * Encodes a text or a pair of texts.
   *
   * @param pair the second text, or null; an empty one is a text without tokens
   * @throws InputException when the truncation cannot be met, or a text has more than four million
   *     chars
   */
  public Encoding encode(String text, String pair, Truncation truncation, Padding padding) {
    Tokens first = tokenize(text);
    Tokens second = pair == null ? null : tokenize(pair);
    return join(first, second, truncation, padding);
  }

  /**
   * Encodes a batch of texts or of pairs.
   *
   * @param pairs the second texts, as many as the first, or null for a batch of single texts
   * @throws InputException when the truncation cannot be met by some text, which the message names,
   *     or a text has more than four million chars
   */
  public List<Encoding> encodeBatch(
      List<String> texts, List<String> pairs, Truncation truncation, Padding padding) {
    if (pairs != null && pairs.size() != texts.size()) {
      throw new IllegalArgumentException(
          "%d texts and %d pairs, expected as many".formatted(texts.size(), pairs.size()));
    }
    List<Encoding> encodings = new ArrayList<>(texts.size());
    int longest = 0;
    for (int i = 0; i < texts.size(); i++) {
      String pair = pairs == null ? null : pairs.get(i);
      Encoding encoding;
      try {
        encoding = encode(texts.get(i), pair, truncation, Padding.none());
      } catch (InputException e) {
        throw new InputException(e.kind(), "text %d: %s".formatted(i, e.getMessage()), e);
      }
      encodings.add(encoding);
      longest = Math.max(longest, encoding.size());
    }
    for (int i = 0; i < encodings.size(); i++) {
      int size = encodings.get(i).size();
      encodings.set(i, encodings.get(i).padded(padding.length(size, longest), specialIds.pad()));
    }
    return List.copyOf(encodings);
  }

  /**
   * Makes an encoding of tokens, for callers that truncate texts themselves.
   *
   * @param second the tokens of the second text, or null
   */
  public Encoding join(Tokens first, Tokens second) {
    return join(first, second, Truncation.none(), Padding.none());
  }

  private Encoding join(Tokens first, Tokens second, Truncation truncation, Padding padding) {
    Tokens firstKept;
    Tokens secondKept = null;
    if (second == null) {
      firstKept = truncation.truncate(first, SPECIAL_IN_SINGLE);
    } else {
      Truncation.Lengths lengths = truncation.lengths(first, second, SPECIAL_IN_PAIR);
      firstKept = first.first(lengths.first());
      secondKept = second.first(lengths.second());
    }
    Encoding encoding = new Encoding(vocabulary, specialIds, firstKept, secondKept);
    return encoding.padded(padding.length(encoding.size(), encoding.size()), specialIds.pad());
  }

  /**
   * Splits a text into tokens, without special tokens around it.
   *
   * @throws InputException when the text has more than four million chars
   */
  public Tokens tokenize(String text) {
    if (text.length() > MAX_TEXT_LENGTH) {
      throw new InputException(
          Kind.UNSUPPORTED,
          "a text has %d chars, expected at most %d".formatted(text.length(), MAX_TEXT_LENGTH));
    }
    TokenBuffer tokens = new TokenBuffer(text);
    WordPiece wordPiece = new WordPiece(vocabulary, specialIds.unk(), tokens);
    NormalizedText normalized = new NormalizedText(Math.min(text.length(), 1 << 10) + 16);
    int plain = 0; // start of the stretch without special tokens
    for (int i = 0; i < text.length(); ) {
      int end = specialTokenEnd(text, i);
      if (end < 0) {
        i++;
        continue;
      }
      tokenizePlain(text, plain, i, normalized, wordPiece);
      tokens.append(vocabulary.id(text, i, end).getAsInt(), i, end);
      plain = end;
      i = end;
    }
    tokenizePlain(text, plain, text.length(), normalized, wordPiece);
    return tokens.toTokens(vocabulary);
  }

  /** Returns the end of the longest special token that begins at an index of the text, or -1. */
  private int specialTokenEnd(String text, int start) {
    int end = -1;
    char first = text.charAt(start);
    for (String token : specialTokens) {
      if (token.charAt(0) == first && text.startsWith(token, start)) {
        end = Math.max(end, start + token.length());
      }
    }
    return end;
  }

  private void tokenizePlain(
      String text, int start, int end, NormalizedText normalized, WordPiece wordPiece) {
    if (start == end) {
      return;
    }
    normalizer.normalize(text, start, end, normalized);
    BertPreTokenizer words = new BertPreTokenizer(normalized);
    while (words.next()) {
      wordPiece.tokenize(normalized, words);
    }
  }
}
