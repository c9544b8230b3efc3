package io.github.visualbert.cli.evaluate;

/**
 * Accuracies on VCR, the last two null where no rationales were predicted.
 *
 * @param answers Q→A: the right answer was chosen
 * @param rationales QA→R: the right rationale was chosen, given the right answer
 * @param both Q→AR
 */
public record VcrScores(Share answers, Share rationales, Share both, Coverage coverage)
    implements Scores {}
