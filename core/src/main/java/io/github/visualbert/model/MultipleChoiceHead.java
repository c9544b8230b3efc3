package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;

/**
 * One score for each choice, from its pooled sequence. Reproduces the head of {@code
 * VisualBertForMultipleChoice} in modeling_visual_bert.py of transformers 5.17.0.
 */
public final class MultipleChoiceHead implements Head {
  private final Classifier classifier;

  /** Makes the head of the weights {@code cls.*}. */
  public MultipleChoiceHead(Parameters parameters, VisualBertConfig config) {
    this.classifier = new Classifier(parameters, config, 1);
  }

  /** Returns (choices of all questions, 1), given their pooled sequences. */
  public Matrix logits(Execution execution, Matrix pooled) {
    return classifier.logits(execution, pooled);
  }
}
