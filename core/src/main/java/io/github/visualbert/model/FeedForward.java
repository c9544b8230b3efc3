package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;

/**
 * The feed-forward half of a layer with its residual and layer norm. Reproduces {@code
 * VisualBertIntermediate} and {@code VisualBertOutput} in modeling_visual_bert.py of transformers
 * 5.17.0.
 */
final class FeedForward {
  private final Kernels kernels;
  private final Activation activation;
  private final LinearWeights intermediate;
  private final LinearWeights output;
  private final LayerNormWeights norm;

  FeedForward(Parameters parameters, VisualBertConfig config) {
    this.kernels = parameters.kernels();
    this.activation = config.hiddenAct();
    this.intermediate =
        parameters.linear("intermediate.dense", config.intermediateSize(), config.hiddenSize());
    this.output = parameters.linear("output.dense", config.hiddenSize(), config.intermediateSize());
    this.norm = parameters.layerNorm("output.LayerNorm", config);
  }

  /**
   * Computes {@code rows = layerNorm(dense(activation(dense(rows))) + rows)} in place.
   *
   * @param rows (rows, hidden)
   */
  void forward(Execution execution, Matrix rows) {
    Workspace workspace = execution.workspace();
    Matrix wide = // (rows, intermediate)
        workspace.matrix(rows.rows(), intermediate.outFeatures(), Layout.PANELS);
    kernels.linear(execution, rows, intermediate, activation, wide);
    Matrix narrow = workspace.matrix(rows.rows(), rows.columns(), Layout.PANELS); // (rows, hidden)
    kernels.linear(execution, wide, output, Activation.LINEAR, narrow);
    kernels.layerNorm(execution, narrow, rows, norm, rows);
  }
}
