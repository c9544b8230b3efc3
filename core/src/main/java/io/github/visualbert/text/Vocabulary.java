package io.github.visualbert.text;

import static io.github.visualbert.internal.json.JsonWriter.quote;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokens of a model, each with its id.
 *
 * <p>In a file, {@code vocab.txt}, one token stands on each line and the line number, from 0, is
 * its id. Pieces that continue a word begin with {@code ##}. Immutable and thread-safe.
 */
public final class Vocabulary {
  /** The largest file that is read, ten times that of the largest published BERT vocabularies. */
  static final int MAX_BYTES = 8 << 20;

  private static final String CONTINUATION = "##";

  private final String source;
  private final List<String> tokens;
  private final TokenTrie trie;
  private final int continuation;

  private Vocabulary(String source, List<String> tokens) {
    this.source = source;
    this.tokens = List.copyOf(tokens);
    trie = new TokenTrie(this.tokens);
    continuation = trie.walk(CONTINUATION, 0, CONTINUATION.length());
  }

  /**
   * Reads a {@code vocab.txt}: UTF-8, lines end with LF or CRLF.
   *
   * @throws ModelException when the file cannot be read, is not UTF-8, has an empty line or the
   *     same token twice, is empty or larger than 8 MiB
   */
  public static Vocabulary read(Path file) {
    String text = decode(file, SmallFile.read(file, "a vocabulary", MAX_BYTES));
    if (text.startsWith("\ufeff")) {
      throw malformed(file, "begins with a byte order mark; expected UTF-8 without one");
    }
    List<String> tokens = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (int start = 0; start < text.length(); ) {
      int newline = text.indexOf('\n', start);
      int next = newline < 0 ? text.length() : newline + 1;
      int end = newline < 0 ? next : newline;
      if (newline > start && text.charAt(newline - 1) == '\r') {
        end--;
      }
      String token = text.substring(start, end);
      int line = tokens.size() + 1;
      if (token.isEmpty()) {
        throw malformed(file, "line %d is empty; expected a token on every line".formatted(line));
      }
      if (token.indexOf('\r') >= 0) {
        throw malformed(file, "line %d has a carriage return in it".formatted(line));
      }
      Integer first = seen.putIfAbsent(token, line);
      if (first != null) {
        throw malformed(
            file,
            "the token %s is on line %d and again on line %d".formatted(quote(token), first, line));
      }
      tokens.add(token);
      start = next;
    }
    if (tokens.isEmpty()) {
      throw malformed(file, "is empty; expected a token on every line");
    }
    return new Vocabulary(file.toString(), tokens);
  }

  /**
   * Reads a {@code vocab.txt} for a model whose word embeddings have so many rows.
   *
   * @param expectedSize {@code vocab_size} in the model's configuration
   * @throws ModelException when the file is at fault, or has another number of tokens
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
    Map<String, Integer> seen = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) {
      Integer first = seen.putIfAbsent(tokens.get(id), id);
      if (tokens.get(id).isEmpty() || first != null) {
        throw new IllegalArgumentException(
            tokens.get(id).isEmpty()
                ? "token %d is empty".formatted(id)
                : "token %s has the ids %d and %d".formatted(quote(tokens.get(id)), first, id));
      }
    }
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("a vocabulary has at least one token");
    }
    return new Vocabulary("vocabulary", tokens);
  }

  /** Returns the number of tokens; ids are 0 to one less. */
  public int size() {
    return tokens.size();
  }

  /**
   * Returns the token of an id.
   *
   * @throws IllegalArgumentException when there is no such id
   */
  public String token(int id) {
    if (id < 0 || id >= tokens.size()) {
      throw new IllegalArgumentException(
          "there is no token %d, ids are 0 to %d".formatted(id, tokens.size() - 1));
    }
    return tokens.get(id);
  }

  /** Returns the id of a token, empty when the vocabulary does not have it. */
  public OptionalInt id(String token) {
    return id(token, 0, token.length());
  }

  /**
   * Returns the id of the token that stands at [start, end) of a text, empty when the vocabulary
   * does not have it.
   */
  public OptionalInt id(CharSequence text, int start, int end) {
    int id = trie.token(trie.walk(text, start, end));
    return id == TokenTrie.NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Returns where the vocabulary came from, for error messages. */
  String source() {
    return source;
  }

  TokenTrie trie() {
    return trie;
  }

  /**
   * Returns the node of {@link #trie} below which the pieces that continue a word are, or {@link
   * TokenTrie#NONE}.
   */
  int continuation() {
    return continuation;
  }

  private static String decode(Path file, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
    } catch (CharacterCodingException e) {
      int line = 1;
      for (int i = 0; i < buffer.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw malformed(file, "line %d is not UTF-8".formatted(line), e);
    }
  }

  private static ModelException malformed(Path file, String what) {
    return malformed(file, what, null);
  }

  private static ModelException malformed(Path file, String what, Throwable cause) {
    return new ModelException(Kind.MALFORMED, file + ": " + what, cause);
  }
}
