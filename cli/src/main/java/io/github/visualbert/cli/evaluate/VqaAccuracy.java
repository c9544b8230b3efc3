package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The accuracy of VQA (Antol et al. 2015): an answer scores by the number of annotators who gave
 * it, in full from three others on.
 *
 * <p>The official rule compares an answer with each nine of the ten annotators, {@code min(same /
 * 3, 1)}, and takes the mean. An answer that {@code n} of ten gave meets {@code n - 1} of them in
 * {@code n} of these ten comparisons and {@code n} in the others, which makes 0.3, 0.6, 0.9 and 1
 * for one, two, three and more: {@code min(0.3 n, 1)}, the target that the authors train for.
 */
public final class VqaAccuracy {
  private static final int ANNOTATORS = 10;

  private final Tenths all = new Tenths();
  private final SortedMap<String, Tenths> answerTypes = new TreeMap<>();
  private final SortedMap<String, Tenths> questionTypes = new TreeMap<>();

  private VqaAccuracy() {}

  /**
   * Scores answers.
   *
   * @param annotations the official file, {@code v2_mscoco_val2014_annotations.json} for example
   * @param allowMissing whether questions without an answer count as wrong, and answers without a
   *     question do not count
   * @throws InputException when the annotations are invalid, or answers are missing and must not
   */
  public static VqaScores evaluate(VqaPredictions answers, Path annotations, boolean allowMissing) {
    Pairing<String> pairing = new Pairing<>(answers.predictions(), annotations, allowMissing);
    VqaAccuracy accuracy = new VqaAccuracy();
    JsonRecords.forEachIn(
        annotations,
        "annotations",
        (annotation, line) -> {
          List<String> given = given(annotation);
          String answer = pairing.match(ReplyLine.id(annotation, "question_id"), line);
          accuracy.add(annotation, answer == null ? 0 : tenths(answer, given));
        });
    return accuracy.scores(pairing.finish());
  }

  /** Returns what the annotators answered. */
  private static List<String> given(JsonObject annotation) {
    JsonArray answers = annotation.getArray("answers");
    if (answers.size() != ANNOTATORS) {
      throw annotation.expected("answers", "the answers of " + ANNOTATORS + " annotators");
    }
    List<String> given = new ArrayList<>(ANNOTATORS);
    for (int i = 0; i < ANNOTATORS; i++) {
      given.add(AnswerNormalizer.trim(answers.getObject(i).getString("answer")));
    }
    return given;
  }

  /**
   * Returns the accuracy of an answer, in tenths.
   *
   * @param given the ten annotators' answers; compared as they are, upper case too, where they are
   *     all the same: the official program normalizes only where the annotators differ
   */
  static int tenths(String answer, List<String> given) {
    boolean normalize = new HashSet<>(given).size() > 1;
    String compared = AnswerNormalizer.trim(answer);
    if (normalize) {
      compared = AnswerNormalizer.normalize(compared);
    }
    int same = 0;
    for (String other : given) {
      if (compared.equals(normalize ? AnswerNormalizer.normalize(other) : other)) {
        same++;
      }
    }
    return Math.min(3 * same, 10);
  }

  private void add(JsonObject annotation, int tenths) {
    all.add(tenths);
    add(annotation, "answer_type", tenths, answerTypes);
    add(annotation, "question_type", tenths, questionTypes);
  }

  private static void add(
      JsonObject annotation, String key, int tenths, SortedMap<String, Tenths> types) {
    if (annotation.has(key)) { // data sets in VQA's format leave it out
      types.computeIfAbsent(annotation.getString(key), type -> new Tenths()).add(tenths);
    }
  }

  private VqaScores scores(Coverage coverage) {
    return new VqaScores(all.share(), shares(answerTypes), shares(questionTypes), coverage);
  }

  private static SortedMap<String, Share> shares(SortedMap<String, Tenths> types) {
    SortedMap<String, Share> shares = new TreeMap<>();
    types.forEach((type, tenths) -> shares.put(type, tenths.share()));
    return shares;
  }

  /** A sum that is exact whatever the order. */
  private static final class Tenths {
    private long sum;
    private long count;

    void add(int tenths) {
      sum += tenths;
      count++;
    }

    Share share() {
      return new Share(sum / 10.0, count);
    }
  }
}
