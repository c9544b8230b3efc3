package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;

/**
 * The memory of a pass through the encoder, by the arithmetic of its layers.
 *
 * @param config the sizes
 * @param sequences sequences of the batch
 * @param text tokens of each sequence
 * @param regions regions of each sequence
 */
public record Footprint(VisualBertConfig config, int sequences, int text, int regions) {
  /** The most that kernels allocate for each thread, beside {@link #scratch}, in bytes. */
  public static final long PER_THREAD = 1 << 20;

  /** Returns the most bytes that the matrices occupy at once. */
  public long scratch() {
    int rows = Math.multiplyExact(sequences, text + regions);
    int regionRows = sequences * regions;
    int hidden = config.hiddenSize();
    long embedding = // of all rows, of the regions, and what the regions are projected from
        Matrix.floats(rows, hidden, Layout.PANELS)
            + Matrix.floats(regionRows, hidden, Layout.PANELS)
            + Matrix.floats(regionRows, config.visualEmbeddingDim(), Layout.PANELS);
    long layer =
        4 * Matrix.floats(rows, hidden, Layout.PANELS) // input, queries, context, output
            + Matrix.floats(rows, hidden, Layout.ROWS) // keys
            + Matrix.floats(rows, hidden, Layout.COLUMNS) // values
            + Matrix.floats(rows, config.intermediateSize(), Layout.PANELS);
    long texts = // kept apart from the regions until the last layer
        config.bypassTransformer() ? Matrix.floats(sequences * text, hidden, Layout.PANELS) : 0;
    return Float.BYTES * (Math.max(embedding, layer) + texts);
  }
}
