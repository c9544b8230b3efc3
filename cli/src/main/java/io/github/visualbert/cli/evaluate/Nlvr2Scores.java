package io.github.visualbert.cli.evaluate;

/**
 * Accuracy on NLVR2.
 *
 * @param accuracy of examples, a sentence and a pair of pictures each
 * @param consistency of sentences; a sentence is right when it was judged correctly for all its
 *     pairs of pictures
 */
public record Nlvr2Scores(Share accuracy, Share consistency, Coverage coverage) implements Scores {}
