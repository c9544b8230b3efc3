package io.github.visualbert.cli.evaluate;

import io.github.visualbert.error.InputException;
import java.util.Arrays;
import java.util.List;

/**
 * The file of comma-separated values that VCR's leaderboard takes: {@code annot_id}, and four
 * probabilities each for the answers ({@code answer_0} ...) and for the rationales given each of
 * the answers ({@code rationale_conditioned_on_a0_0} ...).
 */
final class VcrSubmission {
  private static final String ID = "annot_id";
  private static final String ANSWER = "answer_";
  private static final String RATIONALE = "rationale_conditioned_on_a";

  /**
   * What is chosen for a question.
   *
   * @param rationales for each answer, the rationale chosen given that answer
   */
  record Choice(int answer, int[] rationales) {}

  private final List<String> names;
  private final int[]
      columns; // of the groups, 4 in each: answer, then rationales given answer 0...

  private VcrSubmission(Line line, List<String> names) {
    this.names = names;
    this.columns = new int[(1 + VcrPredictions.CHOICES) * VcrPredictions.CHOICES];
    for (int i = 0; i < columns.length; i++) {
      int group = i / VcrPredictions.CHOICES;
      String name =
          (group == 0 ? ANSWER : RATIONALE + (group - 1) + "_") + i % VcrPredictions.CHOICES;
      columns[i] = names.indexOf(name);
      if (columns[i] < 0) {
        throw line.malformed("expected a column " + name);
      }
    }
    if (!names.contains(ID)) {
      throw line.malformed("expected a column " + ID);
    }
  }

  /**
   * Reads what is left of a file.
   *
   * @throws InputException when it is damaged or lacks a column
   */
  static Predictions<Choice> read(ByteSource source) {
    Predictions<Choice> predictions = new Predictions<>(source.file());
    source.peekAfterSpace();
    Line header = source.line();
    VcrSubmission submission = new VcrSubmission(header, cells(source.readText()));
    int id = submission.names.indexOf(ID);
    while (source.peekAfterSpace() >= 0) {
      Line line = source.line();
      List<String> cells = cells(source.readText());
      if (cells.size() != submission.names.size()) {
        throw line.malformed(
            "expected %d columns, found %d".formatted(submission.names.size(), cells.size()));
      }
      predictions.add(cells.get(id), line, submission.choice(cells, line));
    }
    return predictions;
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
  }

  private Choice choice(List<String> cells, Line line) {
    int[] rationales = new int[VcrPredictions.CHOICES];
    for (int answer = 0; answer < rationales.length; answer++) {
      rationales[answer] = best(cells, 1 + answer, line);
    }
    return new Choice(best(cells, 0, line), rationales);
  }

  /**
   * Returns which of the four probabilities of a group is the highest, the first if several are.
   */
  private int best(List<String> cells, int group, Line line) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < VcrPredictions.CHOICES; i++) {
      int column = columns[group * VcrPredictions.CHOICES + i];
      double probability = number(cells.get(column), names.get(column), line);
      if (probability > highest) {
        highest = probability;
        best = i;
      }
    }
    return best;
  }

  private static double number(String cell, String name, Line line) {
    double number;
    try {
      number = Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!Double.isFinite(number)) {
      throw line.malformed("%s: expected a number, found '%s'".formatted(name, cell));
    }
    return number;
  }
}
