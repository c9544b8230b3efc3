package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;

/**
 * Truth of a statement about two pictures, from the pooled sequence; class 1 is true. Reproduces
 * the head of {@code VisualBertForVisualReasoning} in modeling_visual_bert.py of transformers
 * 5.17.0.
 */
public final class VisualReasoningHead implements Head {
  private final Classifier classifier;

  /** Makes the head of the weights {@code cls.*}. */
  public VisualReasoningHead(Parameters parameters, VisualBertConfig config) {
    this.classifier = new Classifier(parameters, config, config.numLabels());
  }

  /** Returns (sequences, labels), given the pooled sequences. */
  public Matrix logits(Execution execution, Matrix pooled) {
    return classifier.logits(execution, pooled);
  }
}
