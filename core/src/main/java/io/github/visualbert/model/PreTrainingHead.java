package io.github.visualbert.model;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.Matrix;
import io.github.visualbert.tensor.Matrix.Layout;

/**
 * Masked words, and whether sentence and picture match. Reproduces {@code VisualBertPreTrainingHeads}
 * of {@code VisualBertForPreTraining}.
 */
public final class PreTrainingHead implements Head {
  private final Kernels kernels;
  private final Activation activation;
  private final LinearWeights transform;
  private final LayerNormWeights norm;
  private final LinearWeights decoder;
  private final LinearWeights seqRelationship;

  /** Makes the head of the weights {@code cls.predictions.*} and {@code cls.seq_relationship.*}. */
  public PreTrainingHead(Parameters parameters, VisualBertConfig config) {
    int hidden = config.hiddenSize();
    this.kernels = parameters.kernels();
    this.activation = config.hiddenAct();
    this.transform = parameters.linear("cls.predictions.transform.dense", hidden, hidden);
    this.norm = parameters.layerNorm("cls.predictions.transform.LayerNorm", config);
    this.decoder = parameters.linear("cls.predictions.decoder", config.vocabSize(), hidden);
    this.seqRelationship = parameters.linear("cls.seq_relationship", 2, hidden);
  }

  /** Returns the logits of the vocabulary, (rows, vocabulary), given (rows, hidden). */
  public Matrix predictions(Execution execution, Matrix rows) {
    var workspace = execution.workspace();
    Matrix transformed = workspace.matrix(rows.rows(), rows.columns(), Layout.PANELS);
    kernels.linear(execution, rows, transform, activation, transformed);
    kernels.layerNorm(execution, transformed, null, norm, transformed);
    Matrix logits = workspace.matrix(rows.rows(), decoder.outFeatures(), Layout.ROWS);
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
