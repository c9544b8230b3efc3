package io.github.visualbert.task;

/**
 * One of the classes, words, choices or regions that a model ranks, with its probability.
 *
 * @param label its name
 * @param index its index among all that are ranked, from 0
 * @param score its probability, 0 to 1
 */
public record Answer(String label, int index, double score) {}
