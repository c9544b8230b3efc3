package io.github.visualbert.cli.evaluate;

/**
 * Accuracy on NLVR2.
 *
 * @param accuracy of examples, a sentence and a pair of pictures each
 * @param consistency of sentences, right where it was judged rightly of all its pairs of pictures
 */
public record Nlvr2Scores(Share accuracy, Share consistency, Coverage coverage) implements Scores {}
