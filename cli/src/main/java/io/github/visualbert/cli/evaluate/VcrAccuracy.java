package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Path;

/**
 * The accuracies of VCR (Zellers et al. 2019): the right answer (Q→A), the right rationale given
 * the right answer (QA→R), and both (Q→AR).
 *
 * <p>Annotations are the published lines of JSON with {@code annot_id}, {@code answer_label} and
 * {@code rationale_label}.
 */
public final class VcrAccuracy {
  private long answers;
  private long rationales;
  private long both;
  private long questions;

  private VcrAccuracy() {}

  /**
   * Scores predictions.
   *
   * @param answers choices among answers, or a leaderboard submission with rationales
   * @param rationales choices among rationales given the right answer; null when there is no such
   *     file
   * @param allowMissing whether questions without a prediction count as wrong, and predictions
   *     without a question do not count
   * @throws InputException when a file is invalid, or predictions are missing and must not
   */
  public static VcrScores evaluate(
      Path answers, Path rationales, Path annotations, boolean allowMissing) {
    try (ByteSource source = ByteSource.open(answers)) {
      if (source.peekAfterSpace() < 0) {
        throw new InputException(Kind.MISMATCH, answers + ": expected predictions, found none");
      }
      boolean submission = !JsonRecords.follow(source);
      if (submission && rationales != null) {
        throw new InputException(
            Kind.MISMATCH,
            answers
                + ": expected JSON, found a leaderboard submission, which holds rationales itself");
      }
      return submission
          ? evaluate(VcrSubmission.read(source), annotations, allowMissing)
          : evaluate(VcrPredictions.read(source), rationales, annotations, allowMissing);
    }
  }

  private static VcrScores evaluate(
      Predictions<VcrSubmission.Choice> submission, Path annotations, boolean allowMissing) {
    VcrAccuracy accuracy = new VcrAccuracy();
    Pairing<VcrSubmission.Choice> pairing = new Pairing<>(submission, annotations, allowMissing);
    JsonRecords.forEach(
        annotations,
        (question, line) -> {
          int answer = VcrPredictions.choice(question, "answer_label");
          int rationale = VcrPredictions.choice(question, "rationale_label");
          VcrSubmission.Choice chosen = pairing.match(ReplyLine.id(question, "annot_id"), line);
          accuracy.add(
              chosen != null && chosen.answer() == answer,
              chosen != null && chosen.rationales()[answer] == rationale);
        });
    return accuracy.scores(true, pairing.finish());
  }

  private static VcrScores evaluate(
      Predictions<Integer> answers, Path rationales, Path annotations, boolean allowMissing) {
    VcrAccuracy accuracy = new VcrAccuracy();
    Pairing<Integer> answered = new Pairing<>(answers, annotations, allowMissing);
    Pairing<Integer> explained =
        rationales == null
            ? null
            : new Pairing<>(VcrPredictions.read(rationales), annotations, allowMissing);
    JsonRecords.forEach(
        annotations,
        (question, line) -> {
          String id = ReplyLine.id(question, "annot_id");
          Integer answer = answered.match(id, line);
          boolean rightAnswer = isRight(answer, VcrPredictions.choice(question, "answer_label"));
          boolean rightRationale =
              explained != null
                  && isRight(
                      explained.match(id, line),
                      VcrPredictions.choice(question, "rationale_label"));
          accuracy.add(rightAnswer, rightRationale);
        });
    Coverage coverage = answered.finish();
    return accuracy.scores(
        explained != null, explained == null ? coverage : coverage.plus(explained.finish()));
  }

  private static boolean isRight(Integer chosen, int label) {
    return chosen != null && chosen == label;
  }

  private void add(boolean rightAnswer, boolean rightRationale) {
    questions++;
    answers += rightAnswer ? 1 : 0;
    rationales += rightRationale ? 1 : 0;
    both += rightAnswer && rightRationale ? 1 : 0;
  }

  private VcrScores scores(boolean explained, Coverage coverage) {
    return new VcrScores(
        new Share(answers, questions),
        explained ? new Share(rationales, questions) : null,
        explained ? new Share(both, questions) : null,
        coverage);
  }
}
