package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.Tensor;
import java.util.function.Consumer;

/**
 * The parameters of a model below one prefix, by the names of transformers, each asked for with the
 * shape it must have.
 *
 * <p>The constructors of the model ask for them, in the order of the forward pass. The audit runs
 * the same constructors against a recorder to learn what a checkpoint must hold.
 */
public sealed interface Parameters permits StoredParameters, ParameterRecorder {
  /** Returns the parameters below {@code name}. */
  Parameters at(String name);

  /** Returns whether the checkpoint holds any parameter below this prefix. */
  boolean exist();

  /** Returns the kernels that run the model. */
  Kernels kernels();

  /** Returns the parameter {@code name}. */
  Tensor tensor(String name, long... shape);

  /** Returns the linear layer {@code name}: weight (out, in) and bias (out). */
  LinearWeights linear(String name, int out, int in);

  /** Returns the layer norm {@code name} over the hidden size. */
  LayerNormWeights layerNorm(String name, VisualBertConfig config);

  /**
   * Asks for parameters that belong to the model though no output depends on them; a checkpoint may
   * lack them. They are recorded, and never loaded.
   */
  void unread(Consumer<Parameters> ask);
}
