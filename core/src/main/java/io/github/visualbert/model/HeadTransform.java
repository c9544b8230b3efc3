package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;

/**
 * Dense layer, activation and layer norm. Reproduces {@code VisualBertPredictionHeadTransform} in
 * modeling_visual_bert.py of transformers 5.17.0.
 */
final class HeadTransform {
  private final Kernels kernels;
  private final Activation activation;
  private final LinearWeights dense;
  private final LayerNormWeights norm;

  HeadTransform(Parameters parameters, VisualBertConfig config) {
    this.kernels = parameters.kernels();
    this.activation = config.hiddenAct();
    this.dense = parameters.linear("dense", config.hiddenSize(), config.hiddenSize());
    this.norm = parameters.layerNorm("LayerNorm", config);
  }

  /** Returns (rows, hidden), given the same shape. */
  Matrix forward(Execution execution, Matrix rows) {
    Matrix transformed = execution.workspace().matrix(rows.rows(), rows.columns(), Layout.PANELS);
    kernels.linear(execution, rows, dense, activation, transformed);
    kernels.layerNorm(execution, transformed, null, norm, transformed);
    return transformed;
  }
}
