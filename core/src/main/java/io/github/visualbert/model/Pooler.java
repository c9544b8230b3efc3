package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;

/**
 * {@code tanh(dense(first row))} of each sequence. Reproduces {@code VisualBertPooler} in
 * modeling_visual_bert.py of transformers 5.17.0.
 */
final class Pooler {
  private final Kernels kernels;
  private final LinearWeights dense;

  Pooler(Parameters parameters, VisualBertConfig config) {
    this.kernels = parameters.kernels();
    this.dense = parameters.linear("dense", config.hiddenSize(), config.hiddenSize());
  }

  /** Returns (sequences, hidden), given the first rows of all sequences in the same shape. */
  Matrix forward(Execution execution, Matrix firstRows) {
    Matrix pooled =
        execution.workspace().matrix(firstRows.rows(), firstRows.columns(), Layout.PANELS);
    kernels.linear(execution, firstRows, dense, Activation.TANH, pooled);
    return pooled;
  }
}
