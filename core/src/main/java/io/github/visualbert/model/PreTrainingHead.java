package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;

/**
 * Masked words, and whether sentence and picture match. Reproduces {@code
 * VisualBertPreTrainingHeads} of {@code VisualBertForPreTraining} in modeling_visual_bert.py of
 * transformers 5.17.0.
 */
public final class PreTrainingHead implements Head {
  private final Kernels kernels;
  private final HeadTransform transform;
  private final LinearWeights decoder;
  private final LinearWeights seqRelationship;

  /** Makes the head of the weights {@code cls.predictions.*} and {@code cls.seq_relationship.*}. */
  public PreTrainingHead(Parameters parameters, VisualBertConfig config) {
    int hidden = config.hiddenSize();
    this.kernels = parameters.kernels();
    this.transform = new HeadTransform(parameters.at("cls.predictions.transform"), config);
    this.decoder = parameters.linear("cls.predictions.decoder", config.vocabSize(), hidden);
    // The decoder's bias is what is added; this one is read only where it is tied to that.
    parameters.unread(unread -> unread.tensor("cls.predictions.bias", config.vocabSize()));
    this.seqRelationship = parameters.linear("cls.seq_relationship", 2, hidden);
  }

  /** Returns the logits of the vocabulary, (rows, vocabulary), given (rows, hidden). */
  public Matrix predictions(Execution execution, Matrix rows) {
    Matrix transformed = transform.forward(execution, rows);
    Matrix logits = execution.workspace().matrix(rows.rows(), decoder.outFeatures(), Layout.ROWS);
    kernels.linear(execution, transformed, decoder, Activation.LINEAR, logits);
    return logits;
  }

  /**
   * Returns (sequences, 2), given the pooled sequences. In the authors' data class 1 means that
   * sentence and picture match; the documentation of transformers says the opposite.
   */
  public Matrix seqRelationship(Execution execution, Matrix pooled) {
    Matrix logits = execution.workspace().matrix(pooled.rows(), 2, Layout.ROWS);
    kernels.linear(execution, pooled, seqRelationship, Activation.LINEAR, logits);
    return logits;
  }
}
