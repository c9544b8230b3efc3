package io.github.visualbert.task;

/**
 * One of the things a model chose from, and how much it believes in it.
 *
 * @param label what people call it
 * @param index its place among all that could be chosen, from 0
 * @param score its probability, 0 to 1
 */
public record Answer(String label, int index, double score) {}
