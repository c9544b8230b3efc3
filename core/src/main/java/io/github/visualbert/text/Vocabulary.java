package io.github.visualbert.text;

import static io.github.visualbert.internal.json.JsonWriter.quote;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * The tokens of a model, each with its id.
 *
 * <p>In a file, {@code vocab.txt}, one token stands on each line and the line number, from 0, is
 * its id. Pieces that continue a word begin with {@code ##}. Immutable and thread-safe.
 */
public final class Vocabulary {
  /** The largest file that is read. */
  static final int MAX_BYTES = VocabularyReader.MAX_BYTES;

  private final String source;
  private final TokenTable table;

  private Vocabulary(String source, TokenTable table) {
    this.source = source;
    this.table = table;
  }

  /**
   * Reads a {@code vocab.txt}: UTF-8, lines end with LF or CRLF.
   *
   * @throws ModelException when the file cannot be read, is not UTF-8, has an empty line or the
   *     same token twice, is empty or larger than 8 MiB
   */
  public static Vocabulary read(Path file) {
    return new Vocabulary(file.toString(), VocabularyReader.read(file));
  }

  /**
   * Reads a {@code vocab.txt} for a model whose word embeddings have so many rows.
   *
   * @param expectedSize {@code vocab_size} in the model's configuration
   * @throws ModelException when the file is invalid, or has another number of tokens
   */
  public static Vocabulary read(Path file, int expectedSize) {
    Vocabulary vocabulary = read(file);
    if (vocabulary.size() != expectedSize) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: expected %d tokens, the model's vocab_size; found %d"
              .formatted(file, expectedSize, vocabulary.size()));
    }
    return vocabulary;
  }

  /**
   * Makes a vocabulary of tokens in the order of their ids.
   *
   * @throws IllegalArgumentException when there are none, one is empty, or one comes twice
   */
  public static Vocabulary of(List<String> tokens) {
    return of(tokens, "vocabulary");
  }

  /** Makes such a vocabulary, which came from a file. */
  static Vocabulary of(List<String> tokens, String source) {
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("a vocabulary has at least one token");
    }
    int[] starts = new int[tokens.size() + 1];
    for (int id = 0; id < tokens.size(); id++) {
      if (tokens.get(id).isEmpty()) {
        throw new IllegalArgumentException("token %d is empty".formatted(id));
      }
      starts[id + 1] = Math.addExact(starts[id], tokens.get(id).length());
    }
    TokenTable table = new TokenTable(String.join("", tokens).toCharArray(), starts);
    for (int id = 0; id < tokens.size(); id++) {
      int first = table.add();
      if (first != TokenTable.NONE) {
        throw new IllegalArgumentException(
            "token %s has the ids %d and %d".formatted(quote(tokens.get(id)), first, id));
      }
    }
    return new Vocabulary(source, table);
  }

  /** Returns the number of tokens; ids are 0 to one less. */
  public int size() {
    return table.size();
  }

  /**
   * Returns the token of an id.
   *
   * @throws IllegalArgumentException when there is no such id
   */
  public String token(int id) {
    if (id < 0 || id >= size()) {
      throw new IllegalArgumentException(
          "there is no token %d, ids are 0 to %d".formatted(id, size() - 1));
    }
    return table.token(id);
  }

  /** Returns the id of a token, empty when the vocabulary does not have it. */
  public OptionalInt id(String token) {
    int id = table.find(token);
    return id == TokenTable.NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * Returns the id of the token that stands at [start, end) of a text, empty when the vocabulary
   * does not have it.
   */
  public OptionalInt id(CharSequence text, int start, int end) {
    return id(text.subSequence(start, end).toString());
  }

  /** Returns where the vocabulary came from, for error messages. */
  String source() {
    return source;
  }

  TokenTable table() {
    return table;
  }
}
