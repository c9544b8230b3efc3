package io.github.visualbert.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The activation functions of {@code hidden_act}, under the names that transformers 5 gives them in
 * {@code ACT2FN}.
 *
 * <p>{@code prelu} and {@code xielu} are not among them: they carry weights.
 */
public enum Activation {
  LINEAR("linear") {
    @Override
    public float apply(float x) {
      return x;
    }
  },

  /** {@code x · Φ(x)} with the exact error function. */
  GELU("gelu", "gelu_python") {
    @Override
    public float apply(float x) {
      return FloatMath.gelu(x);
    }
  },

  /** {@code max(x, 0)}. */
  RELU("relu") {
    @Override
    public float apply(float x) {
      return FloatMath.relu(x);
    }
  },

  /**
   * {@code x/2 · (1 + tanh(sqrt(2/π) · (x + 0.044715 x³)))}, the approximation of the original BERT
   * and GPT-2.
   */
  GELU_TANH("gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh") {
    @Override
    public float apply(float x) {
      double slope = 0.7978845608028654; // sqrt(2/π)
      return (float) (0.5 * x * (1 + StrictMath.tanh(slope * x * (1 + 0.044715 * x * x))));
    }
  },

  /** GELU, clipped to [-10, 10]. */
  GELU_CLIPPED("gelu_10") {
    @Override
    public float apply(float x) {
      return Math.clamp(FloatMath.gelu(x), -10f, 10f);
    }
  },

  /** {@code x · sigmoid(1.702 x)}. */
  GELU_SIGMOID("quick_gelu") {
    @Override
    public float apply(float x) {
      return (float) (x * logistic(1.702 * x));
    }
  },

  /** {@code x · sigmoid(x)}. */
  SILU("silu", "swish") {
    @Override
    public float apply(float x) {
      return (float) (x * logistic(x));
    }
  },

  /** {@code x · clip(x + 3, 0, 6) / 6}. */
  HARD_SWISH("hardswish") {
    @Override
    public float apply(float x) {
      return (float) (x * Math.clamp(x + 3.0, 0.0, 6.0) / 6.0);
    }
  },

  /** {@code x · tanh(log(1 + e^x))}. */
  MISH("mish") {
    @Override
    public float apply(float x) {
      return (float) (x * StrictMath.tanh(softplus(x)));
    }
  },

  /**
   * The normal distribution function with mean 0.707107 and deviation 0.282095, which resembles
   * {@code RELU_SQUARED}.
   */
  LAPLACE("laplace") {
    @Override
    public float apply(float x) {
      float t = (float) ((x - 0.707107) / 0.282095);
      float tail = Math.abs(t) > FloatMath.TAIL_END ? 0f : FloatMath.tail(Math.abs(t));
      return t > 0 ? 1f - tail : tail;
    }
  },

  /** {@code x}, or {@code x/100} where that is greater. */
  LEAKY_RELU("leaky_relu") {
    @Override
    public float apply(float x) {
      return x < 0f ? (float) (0.01 * x) : x;
    }
  },

  /** {@code clip(x, 0, 6)}. */
  RELU_CLIPPED("relu6") {
    @Override
    public float apply(float x) {
      return Math.clamp(x, 0f, 6f);
    }
  },

  /** {@code max(x, 0)²}. */
  RELU_SQUARED("relu2") {
    @Override
    public float apply(float x) {
      float relu = FloatMath.relu(x);
      return relu * relu;
    }
  },

  /** {@code 1 / (1 + e^-x)}. */
  SIGMOID("sigmoid") {
    @Override
    public float apply(float x) {
      return (float) logistic(x);
    }
  },

  /** {@code sqrt(log(1 + e^x))}. */
  SQRT_SOFTPLUS("sqrtsoftplus") {
    @Override
    public float apply(float x) {
      return (float) Math.sqrt(softplus(x));
    }
  },

  TANH("tanh") {
    @Override
    public float apply(float x) {
      return (float) StrictMath.tanh(x);
    }
  };

  private final List<String> names;

  Activation(String... names) {
    this.names = List.of(names);
  }

  /**
   * Returns the activation of a {@code hidden_act}.
   *
   * @throws IllegalArgumentException for a name that transformers does not know, or whose function
   *     carries weights
   */
  public static Activation of(String name) {
    for (Activation activation : values()) {
      if (activation.names.contains(name)) {
        return activation;
      }
    }
    throw new IllegalArgumentException(
        "unknown activation \"%s\", expected one of %s"
            .formatted(
                name,
                Arrays.stream(values())
                    .flatMap(activation -> activation.names.stream())
                    .sorted()
                    .collect(Collectors.joining(", "))));
  }

  /** Returns the names of this function in transformers, the most usual first. */
  public List<String> names() {
    return names;
  }

  /**
   * Returns the activation of one number, with the same bits as every kernel.
   *
   * <p>{@link #LINEAR}, {@link #GELU} and {@link #RELU} are the ones with vector twins. The others
   * are computed in double with {@link StrictMath}, so that their bits do not depend on the machine
   * either.
   */
  public abstract float apply(float x);

  private static double logistic(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }
}
