package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.Checkpoint;
import java.util.function.Consumer;

/**
 * The parameters that a checkpoint stores.
 *
 * @param kernels prepares the weights of linear layers
 * @param prefix what all names begin with: empty, or ending in a dot
 */
record StoredParameters(Kernels kernels, Checkpoint checkpoint, String prefix)
    implements Parameters {

  @Override
  public Parameters at(String name) {
    return new StoredParameters(kernels, checkpoint, prefix + name + ".");
  }

  @Override
  public boolean exist() {
    return checkpoint.hasAny(prefix);
  }

  @Override
  public Tensor tensor(String name, long... shape) {
    return checkpoint.tensor(prefix + name, shape);
  }

  @Override
  public LinearWeights linear(String name, int out, int in) {
    return kernels.prepare(tensor(name + ".weight", out, in), tensor(name + ".bias", out));
  }

  @Override
  public LayerNormWeights layerNorm(String name, VisualBertConfig config) {
    int features = config.hiddenSize();
    return LayerNormWeights.of(
        tensor(name + ".weight", features),
        tensor(name + ".bias", features),
        config.layerNormEps());
  }

  @Override
  public void unread(Consumer<Parameters> ask) {}
}
