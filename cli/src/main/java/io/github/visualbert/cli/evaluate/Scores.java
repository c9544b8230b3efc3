package io.github.visualbert.cli.evaluate;

/** The result of a metric. */
public sealed interface Scores permits VqaScores, Nlvr2Scores, VcrScores, FlickrScores {
  Coverage coverage();
}
