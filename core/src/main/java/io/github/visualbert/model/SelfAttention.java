package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;
import java.util.List;

/**
 * Multi-head self-attention with its output projection, residual and layer norm. Reproduces {@code
 * VisualBertAttention}: {@code VisualBertSelfAttention} and {@code VisualBertSelfOutput} in
 * modeling_visual_bert.py of transformers 5.17.0.
 */
final class SelfAttention {
  private final Kernels kernels;
  private final int heads;
  private final LinearWeights query;
  private final LinearWeights key;
  private final LinearWeights value;
  private final LinearWeights output;
  private final LayerNormWeights norm;

  SelfAttention(Parameters parameters, VisualBertConfig config) {
    int hidden = config.hiddenSize();
    this.kernels = parameters.kernels();
    this.heads = config.numAttentionHeads();
    this.query = parameters.linear("self.query", hidden, hidden);
    this.key = parameters.linear("self.key", hidden, hidden);
    this.value = parameters.linear("self.value", hidden, hidden);
    this.output = parameters.linear("output.dense", hidden, hidden);
    this.norm = parameters.layerNorm("output.LayerNorm", config);
  }

  /**
   * Computes {@code result = layerNorm(dense(attention(queries, keys)) + queries)}.
   *
   * @param queries (query rows, hidden)
   * @param keys (key rows, hidden); the same matrix as queries when all rows are wanted
   * @param probabilities receives the attention probabilities, or null
   * @param result (query rows, hidden); may be queries itself
   */
  void forward(
      Execution execution,
      Matrix queries,
      Matrix keys,
      List<AttentionSpan> spans,
      Matrix probabilities,
      Matrix result) {
    int hidden = queries.columns();
    Workspace workspace = execution.workspace();
    Matrix q = workspace.matrix(queries.rows(), hidden, Layout.PANELS); // (query rows, hidden)
    Matrix k = workspace.matrix(keys.rows(), hidden, Layout.ROWS); // (key rows, hidden)
    Matrix v = workspace.matrix(keys.rows(), hidden, Layout.COLUMNS); // (key rows, hidden)
    kernels.linear(execution, queries, query, Activation.LINEAR, q);
    kernels.linear(execution, keys, key, Activation.LINEAR, k);
    kernels.linear(execution, keys, value, Activation.LINEAR, v);

    Matrix context =
        workspace.matrix(queries.rows(), hidden, Layout.PANELS); // (query rows, hidden)
    kernels.attention(execution, q, k, v, heads, spans, context, probabilities);

    Matrix projected = q; // (query rows, hidden); the queries are no longer needed
    kernels.linear(execution, context, output, Activation.LINEAR, projected);
    kernels.layerNorm(execution, projected, queries, norm, result);
  }
}
