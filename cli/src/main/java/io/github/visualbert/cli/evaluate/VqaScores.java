package io.github.visualbert.cli.evaluate;

import java.util.SortedMap;

/**
 * Accuracies on VQA.
 *
 * @param answerTypes by {@code answer_type}: {@code number}, {@code other}, {@code yes/no}
 * @param questionTypes by {@code question_type}, the words that questions begin with
 */
public record VqaScores(
    Share all,
    SortedMap<String, Share> answerTypes,
    SortedMap<String, Share> questionTypes,
    Coverage coverage)
    implements Scores {}
