package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.Checkpoint;

/**
 * The parameters of a checkpoint below one prefix, by the names of transformers, each asked for
 * with the shape it must have.
 *
 * @param kernels who prepares the weights of linear layers
 * @param prefix what all names begin with: empty, or ending in a dot
 */
public record Parameters(Kernels kernels, Checkpoint checkpoint, String prefix) {

  /** Returns the parameters below {@code name}. */
  public Parameters at(String name) {
    return new Parameters(kernels, checkpoint, prefix + name + ".");
  }

  /** Returns whether the layer {@code name} is there. */
  boolean has(String name) {
    return checkpoint.has(prefix + name + ".weight");
  }

  Tensor tensor(String name, long... shape) {
    return checkpoint.tensor(prefix + name, shape);
  }

  /** Returns the layer {@code name}: weight (out, in) and bias (out). */
  LinearWeights linear(String name, int out, int in) {
    return kernels.prepare(tensor(name + ".weight", out, in), tensor(name + ".bias", out));
  }

  LayerNormWeights layerNorm(String name, VisualBertConfig config) {
    int features = config.hiddenSize();
    return LayerNormWeights.of(
        tensor(name + ".weight", features),
        tensor(name + ".bias", features),
        config.layerNormEps());
  }
}
