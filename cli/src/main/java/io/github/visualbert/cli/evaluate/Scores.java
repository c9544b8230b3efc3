package io.github.visualbert.cli.evaluate;

/** What a metric says about predictions. */
public sealed interface Scores permits VqaScores, Nlvr2Scores, VcrScores, FlickrScores {
  Coverage coverage();
}
