package io.github.visualbert.kernel;

/**
 * The threads and the scratch memory of a kernel, which releases what it allocates before it
 * returns.
 *
 * <p>Belongs to one forward pass at a time; the workers may be shared by many.
 */
public record Execution(Workers workers, Workspace workspace) {}
