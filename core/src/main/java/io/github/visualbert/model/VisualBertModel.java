package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import java.util.List;

/**
 * Embeddings, encoder and pooler, without a head. Reproduces {@code VisualBertModel} in
 * modeling_visual_bert.py of transformers 5.17.0.
 *
 * <p>With {@code bypass_transformer} the regions are fused late: the encoder reads the texts alone,
 * and one additional layer reads its output together with the embedded regions. Transformers cannot
 * run that; this follows the authors' {@code BertVisualModel.forward}. Hidden states and attentions
 * are then those of the text encoder.
 *
 * <p>Immutable and thread-safe. Matrices returned live in the workspace of the execution.
 */
public final class VisualBertModel {
  private final Embeddings embeddings;
  private final Encoder encoder;
  private final EncoderLayer additionalLayer;
  private final Pooler pooler;

  /**
   * Makes a model of the weights below {@code parameters}, without the prefix {@code visual_bert.}.
   *
   * @param addPoolingLayer whether to make the pooler
   */
  public VisualBertModel(Parameters parameters, VisualBertConfig config, boolean addPoolingLayer) {
    this.embeddings = new Embeddings(parameters.at("embeddings"), config);
    this.encoder = new Encoder(parameters.at("encoder"), config);
    this.additionalLayer =
        config.bypassTransformer()
            ? new EncoderLayer(parameters.at("additional_layer"), config)
            : null;
    this.pooler = addPoolingLayer ? new Pooler(parameters.at("pooler"), config) : null;
  }

  /** Returns whether there is a pooler. */
  public boolean hasPooler() {
    return pooler != null;
  }

  /**
   * Encodes sequences.
   *
   * @param rows the rows wanted of each sequence, or null for all
   * @param trace records hidden states and attentions
   * @return (wanted rows, hidden), sequences end to end
   * @throws IllegalArgumentException when an input does not fit the model
   */
  public Matrix forward(Execution execution, List<Sequence> sequences, Rows rows, Trace trace) {
    boolean hasRegions = false;
    for (int i = 0; i < sequences.size(); i++) {
      embeddings.check(sequences.get(i));
      hasRegions |= sequences.get(i).regions() > 0;
    }
    Batch batch = Batch.of(execution.workspace(), sequences);
    try {
      Matrix embedded = embeddings.forward(execution, batch); // (rows, hidden)
      return additionalLayer != null && hasRegions
          ? fuseLate(execution, batch, embedded, rows, trace)
          : encoder.forward(execution, embedded, batch, rows, trace);
    } finally {
      batch.clear();
    }
  }

  private Matrix fuseLate(
      Execution execution, Batch batch, Matrix embedded, Rows rows, Trace trace) {
    Batch texts = batch.textOnly();
    int hidden = embedded.columns();
    Matrix encoded = // (text rows, hidden)
        execution.workspace().matrix(texts.rows(), hidden, Layout.PANELS);
    for (int i = 0; i < batch.size(); i++) {
      for (int token = 0; token < batch.sequence(i).textLength(); token++) {
        embedded.copyRow(batch.offset(i) + token, encoded, texts.offset(i) + token);
      }
    }
    encoder.forward(execution, encoded, texts, null, trace);

    putTexts(encoded, batch, embedded, false);
    additionalLayer.forward(execution, embedded, batch, null);
    putTexts(encoded, batch, embedded, true);
    if (rows == null) {
      return embedded;
    }
    Matrix selected = // (wanted rows, hidden)
        execution.workspace().matrix(rows.count(), hidden, Layout.PANELS);
    rows.gather(embedded, batch.sequences(), selected);
    return selected;
  }

  /** Copies the encoded texts to the text rows of all sequences, or of those without regions. */
  private static void putTexts(
      Matrix encoded, Batch batch, Matrix rows, boolean onlyWithoutRegions) {
    int row = 0;
    for (int i = 0; i < batch.size(); i++) {
      Sequence sequence = batch.sequence(i);
      for (int token = 0; token < sequence.textLength(); token++, row++) {
        if (!onlyWithoutRegions || sequence.regions() == 0) {
          encoded.copyRow(row, rows, batch.offset(i) + token);
        }
      }
    }
  }

  /**
   * Returns the pooled sequences, (sequences, hidden), given their first rows in the same shape.
   *
   * @throws IllegalStateException when the model was made without a pooler
   */
  public Matrix pool(Execution execution, Matrix firstRows) {
    if (pooler == null) {
      throw new IllegalStateException("the model was opened without its pooling layer");
    }
    return pooler.forward(execution, firstRows);
  }
}
