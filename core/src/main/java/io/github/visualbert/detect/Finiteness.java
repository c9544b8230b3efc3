package io.github.visualbert.detect;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.weights.TensorSource;
import java.util.Optional;

/** Refuses NaN and infinity, which would make boxes and answers of nothing. */
record Finiteness(TensorSource source, String picture) {

  /**
   * @throws ModelException when a number is not finite, for the weights are not
   * @throws InputException when one is not, and all weights are
   */
  void require(float[] computed) {
    for (float value : computed) {
      if (!Float.isFinite(value)) {
        throw notFinite();
      }
    }
  }

  private RuntimeException notFinite() {
    Optional<String> tensor = DetectorWeights.notFinite(source);
    return tensor.isPresent()
        ? new ModelException(
            Kind.MALFORMED,
            "%s: the weights hold NaN or infinity, in %s, so there are no regions"
                .formatted(source.path(), tensor.get()))
        : new InputException(
            Kind.UNSUPPORTED,
            "%s: the detector computes NaN or infinity from this picture, though its weights are finite"
                .formatted(picture));
  }
}
