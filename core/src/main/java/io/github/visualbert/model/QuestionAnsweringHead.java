package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;

/**
 * Answers read at one text row of each sequence, the last but one of its visible tokens. Reproduces
 * the head of {@code VisualBertForQuestionAnswering} in modeling_visual_bert.py of transformers
 * 5.17.0; the pooler is not used.
 */
public final class QuestionAnsweringHead implements Head {
  private final Classifier classifier;

  /** Makes the head of the weights {@code cls.*}. */
  public QuestionAnsweringHead(Parameters parameters, VisualBertConfig config) {
    this.classifier = new Classifier(parameters, config, config.numLabels());
  }

  /**
   * Returns the row that is read: the number of visible tokens less two, the {@code [MASK]} or the
   * last word before {@code [SEP]}.
   *
   * @throws IllegalArgumentException when fewer than two tokens are visible
   */
  public static int readRow(long visibleTokens) {
    if (visibleTokens < 2) {
      throw new InvalidArgumentException(
          "attention_mask shows %d tokens, question answering reads the last but one of at least 2"
              .formatted(visibleTokens));
    }
    return Math.toIntExact(visibleTokens - 2);
  }

  /** Returns the logits, (sequences, labels), given the row that is read of each sequence. */
  public Matrix logits(Execution execution, Matrix readRows) {
    return classifier.logits(execution, readRows);
  }
}
