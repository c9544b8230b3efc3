package io.github.visualbert.model;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;

/**
 * Counts the multiply-adds in the matrix products of one forward pass, as this library computes it:
 * the last layer computes only the rows that the head reads. Layer norms, softmax and activations
 * are not counted.
 *
 * @param batch sequences
 * @param text tokens of each sequence
 * @param regions regions of each sequence
 * @param phrases phrases that {@link HeadType#REGION_TO_PHRASE} looks for in each sequence
 */
public record MultiplyAdds(
    VisualBertConfig config, HeadType head, long batch, long text, long regions, long phrases) {

  /** Returns how many there are in all. */
  public long count() {
    long hidden = config.hiddenSize();
    long projection = batch * regions * config.visualEmbeddingDim() * hidden;
    return projection + encoder() + headOnRows();
  }

  private long encoder() {
    int layers = config.numHiddenLayers();
    long length = text + regions;
    if (config.bypassTransformer() && regions > 0) {
      return layers * layer(text, text) + layer(length, length);
    }
    return (layers - 1) * layer(length, length) + layer(length, rowsRead());
  }

  /** Counts a layer that reads {@code length} rows of each sequence and computes {@code rows}. */
  private long layer(long length, long rows) {
    long hidden = config.hiddenSize();
    long keysAndValues = 2 * length * hidden * hidden;
    long queriesAndOutputs = 2 * rows * hidden * hidden;
    long scoresAndContexts = 2 * rows * length * hidden;
    long feedForward = 2 * rows * hidden * config.intermediateSize();
    return batch * (keysAndValues + queriesAndOutputs + scoresAndContexts + feedForward);
  }

  /** Returns how many rows of a sequence the head reads. */
  private long rowsRead() {
    return switch (head) {
      case BASE, PRE_TRAINING -> text + regions;
      case QUESTION_ANSWERING, MULTIPLE_CHOICE, VISUAL_REASONING -> 1;
      case REGION_TO_PHRASE -> phrases + regions;
    };
  }

  private long headOnRows() {
    long hidden = config.hiddenSize();
    long pooler = batch * hidden * hidden;
    return switch (head) {
      case BASE -> pooler;
      case PRE_TRAINING ->
          pooler
              + batch * hidden * 2
              + batch * (text + regions) * hidden * (hidden + config.vocabSize());
      case QUESTION_ANSWERING -> batch * hidden * config.numLabels();
      case MULTIPLE_CHOICE -> pooler + batch * hidden;
      case VISUAL_REASONING -> pooler + batch * hidden * config.numLabels();
      case REGION_TO_PHRASE -> {
        long size = hidden / config.numAttentionHeads();
        long queriesAndKeys = 2 * (phrases + regions) * hidden * size;
        yield batch * (queriesAndKeys + phrases * regions * size);
      }
    };
  }
}
