package io.github.visualbert.task;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An item of VCR as it is published: a question about a picture, with answers and rationales to
 * choose from, in which tags stand for objects of the picture.
 *
 * <p>{@link #regions} says which objects to look at; {@link #answers} and {@link #rationales} make
 * the two questions for {@link MultipleChoice}, in the words of VisualBERT's authors. Immutable and
 * thread-safe.
 */
public final class VcrItem {
  private static final String PERSON = "person";
  private static final Set<String> ALL_PERSONS = Set.of("everyone", "everyones");
  private static final String LABEL = "answer_label";
  private static final int UNLABELLED = -1;

  private final List<String> objects;
  private final TaggedText question;
  private final List<TaggedText> answers;
  private final List<TaggedText> rationales;
  private final int answer; // or UNLABELLED

  private VcrItem(
      List<String> objects,
      TaggedText question,
      List<TaggedText> answers,
      List<TaggedText> rationales,
      int answer) {
    this.objects = objects;
    this.question = question;
    this.answers = answers;
    this.rationales = rationales;
    this.answer = answer;
  }

  /**
   * Reads an item: {@code objects}, {@code question}, {@code answer_choices}, and where they are
   * known {@code rationale_choices} and {@code answer_label}. Other keys are ignored.
   *
   * @param line the text of a JSON object
   * @param source what messages call it
   * @throws InputException when it is not as expected, or a tag is of no object
   */
  public static VcrItem parse(byte[] line, String source) {
    try {
      return of(Json.parseObject(line));
    } catch (JsonException e) {
      throw new InputException(Kind.MALFORMED, source + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads an item from a JSON object.
   *
   * @throws JsonException when it is not as expected, or a tag is of no object
   */
  @SuppressWarnings("exports") // for the project's own readers of rows
  public static VcrItem of(JsonObject item) {
    List<String> objects = item.getArray("objects").toStrings();
    TaggedText question = text(item, "question", objects.size());
    List<TaggedText> answers = choices(item, "answer_choices", objects.size());
    List<TaggedText> rationales =
        item.has("rationale_choices")
            ? choices(item, "rationale_choices", objects.size())
            : List.of();
    int answer = item.getInt(LABEL, UNLABELLED);
    if (item.has(LABEL) && (answer < 0 || answer >= answers.size())) {
      throw item.expected(LABEL, "0 to " + (answers.size() - 1));
    }
    return new VcrItem(objects, question, answers, rationales, answer);
  }

  private static TaggedText text(JsonObject item, String key, int objects) {
    JsonArray words = item.getArray(key);
    if (words.size() == 0) {
      throw item.expected(key, "words");
    }
    return TaggedText.read(words, objects);
  }

  private static List<TaggedText> choices(JsonObject item, String key, int objects) {
    JsonArray choices = item.getArray(key);
    if (choices.size() == 0) {
      throw item.expected(key, "choices");
    }
    List<TaggedText> texts = new ArrayList<>();
    for (int i = 0; i < choices.size(); i++) {
      JsonArray words = choices.getArray(i);
      if (words.size() == 0) {
        throw choices.expected(i, "words");
      }
      texts.add(TaggedText.read(words, objects));
    }
    return List.copyOf(texts);
  }

  /** Returns the classes of the objects of the picture, in the order of their numbers. */
  public List<String> objects() {
    return objects;
  }

  /**
   * Returns the numbers of the objects that the model looks at, ascending: those that the question,
   * an answer or a rationale mentions, all persons where one of them speaks of everyone, and all
   * persons where nothing is mentioned.
   */
  public int[] regions() {
    BitSet persons = new BitSet();
    for (int i = 0; i < objects.size(); i++) {
      persons.set(i, objects.get(i).equals(PERSON));
    }
    BitSet mentioned = new BitSet();
    addMentioned(question, persons, mentioned);
    answers.forEach(text -> addMentioned(text, persons, mentioned));
    rationales.forEach(text -> addMentioned(text, persons, mentioned));
    return (mentioned.isEmpty() ? persons : mentioned).stream().toArray();
  }

  private static void addMentioned(TaggedText text, BitSet persons, BitSet mentioned) {
    for (TaggedText.Part part : text.parts()) {
      switch (part) {
        case TaggedText.Word(String word) -> {
          if (ALL_PERSONS.contains(word.toLowerCase(Locale.ROOT))) {
            mentioned.or(persons);
          }
        }
        case TaggedText.Tag(List<Integer> tagged) -> tagged.forEach(mentioned::set);
      }
    }
  }

  /**
   * Returns the question with its answers (Q to A).
   *
   * @param picture a row of the whole picture, then one of each of {@link #regions}, as {@code
   *     VcrTower} gives them
   * @throws IllegalArgumentException when the picture has more or fewer rows
   */
  public TaggedQuestion answers(VisualFeatures picture) {
    return question(question, answers, picture);
  }

  /**
   * Returns the question and its right answer with the rationales (QA to R).
   *
   * @param picture as for {@link #answers}
   * @throws InputException when the item has no rationales, or its right answer is not known
   * @throws IllegalArgumentException when the picture has more or fewer rows
   */
  public TaggedQuestion rationales(VisualFeatures picture) {
    requireRationales();
    return question(question.and(answers.get(answer)), rationales, picture);
  }

  /**
   * Checks that there are rationales to choose from.
   *
   * @throws InputException when the item has none, or its right answer is not known
   */
  public void requireRationales() {
    if (answer == UNLABELLED) {
      throw new InputException(
          Kind.MISMATCH,
          LABEL + ": expected the right answer, given which a rationale is chosen, found none");
    }
    if (rationales.isEmpty()) {
      throw new InputException(
          Kind.MISMATCH, "rationale_choices: expected rationales to choose from, found none");
    }
  }

  private TaggedQuestion question(
      TaggedText asked, List<TaggedText> choices, VisualFeatures picture) {
    ObjectNames names = new ObjectNames(objects);
    NamedText named = names.name(asked);
    return new TaggedQuestion(
        named,
        choices.stream().map(choice -> names.following().name(choice)).toList(),
        regions(),
        picture);
  }
}
