package io.github.visualbert.cli.evaluate;

import io.github.visualbert.cli.evaluate.ConlluSentence.Token;
import io.github.visualbert.cli.evaluate.ConlluSentence.Word;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dependencies of captions in CoNLL-U: ten columns, of which ID, FORM, HEAD and DEPREL are read.
 * Empty nodes ({@code 3.1}) are passed over.
 *
 * <p>A sentence belongs to the caption that its {@code # sent_id} names, or to those of the same
 * characters, spaces aside.
 */
final class ConlluFile {
  private static final int COLUMNS = 10;
  private static final int HEAD = 6;
  private static final int RELATION = 7;
  private static final Pattern ID = Pattern.compile("(\\d{1,9})(?:([-.])(\\d{1,9}))?");
  private static final Pattern SENTENCE_ID = Pattern.compile("#\\s*sent_id\\s*=\\s*(\\S+)");

  private final Map<String, ConlluSentence> byId = new HashMap<>();
  private final Map<String, ConlluSentence> byLetters = new HashMap<>();

  // of the sentence that is being read
  private Line begin;
  private String id;
  private List<Word> words = new ArrayList<>();
  private List<Token> tokens = new ArrayList<>();

  private ConlluFile() {}

  /**
   * Reads a file.
   *
   * @throws io.github.visualbert.error.InputException when it cannot be read or is invalid
   */
  static ConlluFile read(Path file) {
    ConlluFile conllu = new ConlluFile();
    try (ByteSource source = ByteSource.open(file)) {
      while (source.peek() >= 0) {
        Line line = source.line();
        conllu.readLine(source.readText(), line);
      }
      conllu.endSentence();
    }
    return conllu;
  }

  /** Returns the sentence of a caption, or null when there is none. */
  ConlluSentence find(FlickrCaption caption) {
    ConlluSentence named = byId.get(caption.id());
    return named != null ? named : byLetters.get(ConlluSentence.letters(caption.text()));
  }

  private void readLine(String text, Line line) {
    if (text.isEmpty()) {
      endSentence();
    } else if (text.startsWith("#")) {
      Matcher sentenceId = SENTENCE_ID.matcher(text);
      if (sentenceId.matches()) {
        id = FlickrCaption.withoutEnding(sentenceId.group(1));
      }
    } else {
      begin = begin == null ? line : begin;
      readRow(text.split("\t", -1), line);
    }
  }

  private void readRow(String[] columns, Line line) {
    if (columns.length != COLUMNS) {
      throw line.malformed(
          "expected 10 columns of CoNLL-U with tabs between them, found " + columns.length);
    }
    Matcher number = ID.matcher(columns[0]);
    if (!number.matches()) {
      throw line.malformed("expected an ID like 3, 3-4 or 3.1, found '" + columns[0] + "'");
    }
    if (".".equals(number.group(2))) {
      return; // not in the text
    }
    int first = Integer.parseInt(number.group(1));
    int next = words.size() + 1;
    if (first != next) {
      throw line.malformed("expected word %d, found %s".formatted(next, columns[0]));
    }
    if (number.group(3) != null) {
      int last = Integer.parseInt(number.group(3));
      if (last < first) {
        throw line.malformed("expected a range of words, found " + columns[0]);
      }
      tokens.add(new Token(line, columns[1], first, last));
      return;
    }
    words.add(new Word(columns[1], head(columns[HEAD], line), columns[RELATION]));
    if (tokens.isEmpty() || tokens.getLast().last() < first) {
      tokens.add(new Token(line, columns[1], first, first));
    }
  }

  private static int head(String text, Line line) {
    if (text.equals("_")) {
      return 0;
    }
    if (!text.matches("\\d{1,9}")) {
      throw line.malformed("expected the number of a word as HEAD, found '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  private void endSentence() {
    if (begin != null) {
      ConlluSentence sentence = new ConlluSentence(begin, id, words, tokens);
      requireWords();
      if (id != null && byId.putIfAbsent(id, sentence) != null) {
        throw begin.mismatch("sentence " + id + " is there already");
      }
      byLetters.putIfAbsent(sentence.letters(), sentence);
    }
    begin = null;
    id = null;
    words = new ArrayList<>();
    tokens = new ArrayList<>();
  }

  /** Checks that what a sentence refers to is in it. */
  private void requireWords() {
    for (Word word : words) {
      if (word.head() > words.size()) {
        throw begin.malformed(
            "\"%s\" depends on word %d of %d".formatted(word.form(), word.head(), words.size()));
      }
    }
    if (!tokens.isEmpty() && tokens.getLast().last() > words.size()) {
      throw tokens.getLast().line().malformed("expected as many words as the range says");
    }
  }
}
