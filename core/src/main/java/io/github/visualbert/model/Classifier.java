package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;

/**
 * The linear layer {@code cls} of the classifying heads; in checkpoints of MMF a transform precedes
 * it.
 */
final class Classifier {
  private final Kernels kernels;
  private final HeadTransform transform; // of MMF, or null
  private final LinearWeights weights;

  Classifier(Parameters parameters, VisualBertConfig config, int labels) {
    this.kernels = parameters.kernels();
    Parameters first = parameters.at("cls.transform");
    this.transform = first.exist() ? new HeadTransform(first, config) : null;
    this.weights = parameters.linear("cls", labels, config.hiddenSize());
  }

  /** Returns (rows, labels), given (rows, hidden). */
  Matrix logits(Execution execution, Matrix rows) {
    Matrix transformed = transform == null ? rows : transform.forward(execution, rows);
    Matrix logits = execution.workspace().matrix(rows.rows(), weights.outFeatures(), Layout.ROWS);
    kernels.linear(execution, transformed, weights, Activation.LINEAR, logits);
    return logits;
  }
}
