package io.github.visualbert.task;

import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * What the model is fed of an item of VCR, worked out step by step from the description of the
 * authors' programs. Calls nothing of the library but its reader of JSON.
 */
final class VcrByHand {
  private static final int LIMIT = 128;
  private static final String[] NEUTRAL = {
    "Casey", "Riley", "Jessie", "Jackie", "Avery", "Jaime", "Peyton", "Kerry", "Jody", "Kendall",
    "Peyton", "Skyler", "Frankie", "Pat", "Quinn"
  };

  /** What a choice becomes; regions count from 0, the whole picture. */
  record Fed(List<Integer> ids, List<Integer> types, List<List<Integer>> alignment) {}

  private final List<String> vocabulary;
  private final JsonObject item;
  private final List<String> objects;

  VcrByHand(List<String> vocabulary, JsonObject item) {
    this.vocabulary = vocabulary;
    this.item = item;
    this.objects = item.getArray("objects").toStrings();
  }

  /** All objects of the question, of every answer and of every rationale; else persons. */
  List<Integer> regions() {
    TreeSet<Integer> used = new TreeSet<>();
    List<JsonValue> all = new ArrayList<>(item.getArray("question").elements());
    for (String key : new String[] {"answer_choices", "rationale_choices"}) {
      for (JsonValue choice : item.getArray(key)) {
        all.addAll(((JsonArray) choice).elements());
      }
    }
    boolean persons = false;
    for (JsonValue part : all) {
      if (part instanceof JsonArray tag) {
        for (int i = 0; i < tag.size(); i++) {
          used.add(tag.getInt(i));
        }
      } else {
        String word = ((JsonValue.Text) part).value().toLowerCase(Locale.ROOT);
        persons |= word.equals("everyone") || word.equals("everyones");
      }
    }
    if (persons || used.isEmpty()) {
      for (int i = 0; i < objects.size(); i++) {
        if (objects.get(i).equals("person")) {
          used.add(i);
        }
      }
    }
    return new ArrayList<>(used);
  }

  /**
   * Returns what each choice becomes.
   *
   * @return null where the question is too long
   */
  List<Fed> choices(boolean rationales) {
    List<JsonValue> context = new ArrayList<>(item.getArray("question").elements());
    if (rationales) {
      JsonArray right = item.getArray("answer_choices").getArray(item.getInt("answer_label"));
      context.addAll(right.elements());
    }
    Map<Integer, String> history = new HashMap<>();
    List<String> contextWords = named(context, history);
    JsonArray choices = item.getArray(rationales ? "rationale_choices" : "answer_choices");
    List<Fed> fed = new ArrayList<>();
    for (int i = 0; i < choices.size(); i++) {
      List<JsonValue> choice = choices.getArray(i).elements();
      List<String> words = named(choice, new HashMap<>(history));
      Fed each = feed(context, contextWords, choice, words);
      if (each == null) {
        return null;
      }
      fed.add(each);
    }
    return fed;
  }

  /** Persons are counted anew in each text, whatever the history holds. */
  private List<String> named(List<JsonValue> text, Map<Integer, String> history) {
    int persons = 0;
    List<String> words = new ArrayList<>();
    for (JsonValue part : text) {
      if (part instanceof JsonArray tag) {
        for (int i = 0; i < tag.size(); i++) {
          int object = tag.getInt(i);
          if (!history.containsKey(object)) {
            if (objects.get(object).equals("person")) {
              history.put(object, NEUTRAL[persons % 15]);
              persons = persons + 1;
            } else {
              history.put(object, objects.get(object));
            }
          }
          words.add(history.get(object));
        }
      } else {
        words.add(((JsonValue.Text) part).value());
      }
    }
    return words;
  }

  private Fed feed(
      List<JsonValue> context,
      List<String> contextWords,
      List<JsonValue> choice,
      List<String> choiceWords) {
    List<String> a = new ArrayList<>();
    List<Integer> wordsOfA = new ArrayList<>();
    split(contextWords, a, wordsOfA);
    List<String> b = new ArrayList<>();
    List<Integer> wordsOfB = new ArrayList<>();
    split(choiceWords, b, wordsOfB);
    int total = a.size() + b.size() + 3;
    if (total > LIMIT) {
      int fromContext = Math.min((total - LIMIT + 1) / 2, Math.max(2 - 32, 0)); // 2: of a pair
      int fromChoice = Math.min(total - LIMIT + fromContext, b.size());
      b = b.subList(fromChoice, b.size());
      wordsOfB = wordsOfB.subList(fromChoice, wordsOfB.size());
      if (a.size() + b.size() + 3 > LIMIT) {
        return null; // the authors' assertion
      }
    }
    List<String> tokens = new ArrayList<>(List.of("[CLS]"));
    tokens.addAll(a);
    tokens.add("[SEP]");
    List<Integer> types = new ArrayList<>(Collections.nCopies(tokens.size(), 0));
    if (!b.isEmpty()) {
      tokens.addAll(b);
      tokens.add("[SEP]");
      types.addAll(Collections.nCopies(b.size() + 1, 1));
    }
    List<List<Integer>> alignment = new ArrayList<>();
    for (int i = 0; i <= regions().size(); i++) {
      alignment.add(new ArrayList<>());
    }
    align(context, wordsOfA, 1, alignment);
    align(choice, wordsOfB, 1 + a.size() + 1, alignment);
    return new Fed(tokens.stream().map(vocabulary::indexOf).toList(), types, alignment);
  }

  private void align(
      List<JsonValue> text, List<Integer> wordsLeft, int offset, List<List<Integer>> alignment) {
    int counter = 0;
    for (JsonValue part : text) {
      if (part instanceof JsonArray tag) {
        for (int i = 0; i < tag.size(); i++) {
          if (wordsLeft.contains(counter)) {
            alignment.get(1 + regions().indexOf(tag.getInt(i))).add(counter + offset);
          }
          counter++;
        }
      } else {
        counter++;
      }
    }
  }

  /** Splits words as the first BERT did: at marks, then the longest piece first. */
  private void split(List<String> words, List<String> pieces, List<Integer> wordOfPiece) {
    for (int i = 0; i < words.size(); i++) {
      String spaced =
          Normalizer.normalize(words.get(i).toLowerCase(Locale.ROOT), Normalizer.Form.NFD)
              .replaceAll("[\\p{Mn}\\p{Cf}]", "")
              .replaceAll("([!-/:-@\\[-`{-~])", " $1 ")
              .strip();
      for (String word : spaced.isEmpty() ? new String[0] : spaced.split(" +")) {
        List<String> found = new ArrayList<>();
        for (int from = 0; from < word.length() && !found.contains("[UNK]"); ) {
          int to = word.length();
          while (to > from && !vocabulary.contains(piece(word, from, to))) {
            to--;
          }
          if (to == from) {
            found = List.of("[UNK]");
          } else {
            found.add(piece(word, from, to));
            from = to;
          }
        }
        for (String piece : found) {
          pieces.add(piece);
          wordOfPiece.add(i);
        }
      }
    }
  }

  private static String piece(String word, int from, int to) {
    return (from == 0 ? "" : "##") + word.substring(from, to);
  }
}
