package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.Tensor;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Records which parameters are asked for and returns null for each, so what a constructor makes of
 * them cannot run.
 *
 * @param asked what was asked for, in that order
 * @param stored whether the checkpoint holds any parameter below a prefix
 * @param prefix what all names begin with: empty, or ending in a dot
 * @param read whether an output depends on what is asked for now
 */
record ParameterRecorder(
    Map<String, Parameter> asked, Predicate<String> stored, String prefix, boolean read)
    implements Parameters {

  @Override
  public Parameters at(String name) {
    return new ParameterRecorder(asked, stored, prefix + name + ".", read);
  }

  @Override
  public boolean exist() {
    return stored.test(prefix);
  }

  @Override
  public Kernels kernels() {
    return null;
  }

  @Override
  public Tensor tensor(String name, long... shape) {
    asked.put(prefix + name, new Parameter(shape, read));
    return null;
  }

  @Override
  public LinearWeights linear(String name, int out, int in) {
    tensor(name + ".weight", out, in);
    tensor(name + ".bias", out);
    return null;
  }

  @Override
  public LayerNormWeights layerNorm(String name, VisualBertConfig config) {
    tensor(name + ".weight", config.hiddenSize());
    tensor(name + ".bias", config.hiddenSize());
    return null;
  }

  @Override
  public void unread(Consumer<Parameters> ask) {
    ask.accept(new ParameterRecorder(asked, stored, prefix, false));
  }
}
