package io.github.visualbert.forward;

import io.github.visualbert.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The outputs of a forward pass under the names of transformers, all F32: {@code
 * last_hidden_state}, {@code pooler_output}, {@code logits}, {@code prediction_logits}, {@code
 * seq_relationship_logits}, {@code loss} (a scalar), {@code hidden_states.N} and {@code
 * attentions.N}.
 */
public final class ForwardOutputs {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  ForwardOutputs() {}

  void put(String name, float[] values, long... shape) {
    tensors.put(name, Tensor.of(values, shape));
  }

  void putLoss(double loss) {
    put("loss", new float[] {(float) loss});
  }

  /** Returns all outputs, in the order of transformers' output classes. */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * Returns one output.
   *
   * @throws IllegalArgumentException when the head has no such output, or it was not asked for
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no output %s, only %s".formatted(name, tensors.keySet()));
    }
    return tensor;
  }
}
