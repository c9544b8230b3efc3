package io.github.visualbert.model;

import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.Tensor;

/**
 * The weights below one prefix of a checkpoint, by the names of transformers, each asked for with
 * the shape it must have.
 *
 * @param kernels who prepares the weights of linear layers
 * @param source where tensors come from
 * @param prefix what all names begin with: empty, or ending in a dot
 */
public record Parameters(Kernels kernels, Source source, String prefix) {

  /** Gives tensors by their full names. */
  @FunctionalInterface
  public interface Source {
    /**
     * Returns a tensor.
     *
     * @throws io.github.visualbert.error.ModelException when it is missing or has another shape
     */
    Tensor tensor(String name, long... shape);
  }

  /** Returns the weights below {@code name}. */
  public Parameters at(String name) {
    return new Parameters(kernels, source, prefix + name + ".");
  }

  Tensor tensor(String name, long... shape) {
    return source.tensor(prefix + name, shape);
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
