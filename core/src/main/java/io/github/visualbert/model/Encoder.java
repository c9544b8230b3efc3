package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;
import java.util.ArrayList;
import java.util.List;

/**
 * The stack of layers. Reproduces {@code VisualBertEncoder} in modeling_visual_bert.py of
 * transformers 5.17.0.
 */
final class Encoder {
  private final List<EncoderLayer> layers = new ArrayList<>();

  Encoder(Parameters parameters, VisualBertConfig config) {
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      layers.add(new EncoderLayer(parameters.at("layer." + layer), config));
    }
  }

  /**
   * Runs all layers.
   *
   * @param hidden (rows, hidden) the embeddings; overwritten
   * @param rows the rows wanted of the last layer, or null for all
   * @param trace records every layer, for which all rows are computed
   * @return (wanted rows, hidden)
   */
  Matrix forward(Execution execution, Matrix hidden, Batch batch, Rows rows, Trace trace) {
    trace.hiddenState(hidden);
    boolean selects = rows != null && !trace.isRecording();
    int whole = selects ? layers.size() - 1 : layers.size();
    Workspace workspace = execution.workspace();
    for (int layer = 0; layer < whole; layer++) {
      long mark = workspace.mark();
      Matrix probabilities = trace.probabilityBuffer(workspace, batch.spans());
      layers.get(layer).forward(execution, hidden, batch, probabilities);
      trace.attention(probabilities);
      workspace.release(mark); // every layer has its probabilities in the same place
      trace.hiddenState(hidden);
    }
    if (rows == null) {
      return hidden;
    }
    Matrix selected = // (wanted rows, hidden)
        workspace.matrix(rows.count(), hidden.columns(), Layout.PANELS);
    if (selects) {
      layers.getLast().forward(execution, hidden, batch, rows, selected);
    } else {
      rows.gather(hidden, batch.sequences(), selected);
    }
    return selected;
  }
}
