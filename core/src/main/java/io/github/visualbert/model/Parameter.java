package io.github.visualbert.model;

/**
 * A parameter that a model has.
 *
 * @param read whether an output depends on it; a checkpoint may lack those that nothing reads
 */
public record Parameter(long[] shape, boolean read) {}
