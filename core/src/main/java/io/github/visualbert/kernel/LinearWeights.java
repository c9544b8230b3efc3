package io.github.visualbert.kernel;

/**
 * The weights of a linear layer in the form that one provider computes with: an opaque handle, made
 * by {@link Kernels#prepare} and understood by the provider that made it. Immutable and
 * thread-safe.
 */
public interface LinearWeights {
  /** Returns the number of output features, the rows of the weight matrix. */
  int outFeatures();

  /** Returns the number of input features, the columns of the weight matrix. */
  int inFeatures();
}
