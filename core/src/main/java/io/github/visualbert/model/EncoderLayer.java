package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Workspace;

/**
 * One transformer layer, post-norm: attention, then feed-forward. Reproduces {@code
 * VisualBertLayer} in modeling_visual_bert.py of transformers 5.17.0.
 */
final class EncoderLayer {
  private final SelfAttention attention;
  private final FeedForward feedForward;

  EncoderLayer(Parameters parameters, VisualBertConfig config) {
    this.attention = new SelfAttention(parameters.at("attention"), config);
    this.feedForward = new FeedForward(parameters, config);
  }

  /**
   * Computes the layer for all rows.
   *
   * @param hidden (rows, hidden), read and overwritten with the output
   * @param probabilities receives the attention probabilities, or null
   */
  void forward(Execution execution, Matrix hidden, Batch batch, Matrix probabilities) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    attention.forward(execution, hidden, hidden, batch.spans(), probabilities, hidden);
    feedForward.forward(execution, hidden);
    workspace.release(mark);
  }

  /**
   * Computes the layer for the rows that are wanted.
   *
   * @param hidden (all rows, hidden)
   * @param selected (wanted rows, hidden), receives the output
   */
  void forward(Execution execution, Matrix hidden, Batch batch, Rows rows, Matrix selected) {
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    rows.gather(hidden, batch.sequences(), selected);
    attention.forward(execution, selected, hidden, batch.spans(rows), null, selected);
    feedForward.forward(execution, selected);
    workspace.release(mark);
  }
}
