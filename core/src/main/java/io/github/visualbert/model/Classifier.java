package io.github.visualbert.model;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.Matrix;
import io.github.visualbert.tensor.Matrix.Layout;

/** The linear layer {@code cls} that the classifying heads end in. */
final class Classifier {
  private final Kernels kernels;
  private final LinearWeights weights;

  Classifier(Parameters parameters, int labels, int hidden) {
    this.kernels = parameters.kernels();
    this.weights = parameters.linear("cls", labels, hidden);
  }

  /** Returns (rows, labels), given (rows, hidden). */
  Matrix logits(Execution execution, Matrix rows) {
    Matrix logits =
        execution.workspace().matrix(rows.rows(), weights.outFeatures(), Layout.ROWS);
    kernels.linear(execution, rows, weights, Activation.LINEAR, logits);
    return logits;
  }
}
