package io.github.visualbert.kernel;

/**
 * What a kernel may use while it runs: threads, and scratch memory, which it gives back before it
 * returns.
 *
 * <p>Belongs to one forward pass at a time; the workers may be shared by many.
 */
public record Execution(Workers workers, Workspace workspace) {}
