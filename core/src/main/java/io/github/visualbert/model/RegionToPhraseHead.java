package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;

/**
 * Scores every region for every phrase by one attention head between the row of the phrase's last
 * token and the rows of the regions. Reproduces {@code VisualBertRegionToPhraseAttention} of {@code
 * VisualBertForRegionToPhraseAlignment} in modeling_visual_bert.py of transformers 5.17.0; its
 * value projection and its pre-training heads are never used.
 */
public final class RegionToPhraseHead implements Head {
  private final Kernels kernels;
  private final int size;
  private final LinearWeights query;
  private final LinearWeights key;

  /** Makes the head of the weights {@code attention.{query,key}.*}. */
  public RegionToPhraseHead(Parameters parameters, VisualBertConfig config) {
    this.kernels = parameters.kernels();
    this.size = config.hiddenSize() / config.numAttentionHeads();
    this.query = parameters.linear("attention.query", size, config.hiddenSize());
    this.key = parameters.linear("attention.key", size, config.hiddenSize());
    parameters.unread(unread -> unread.linear("attention.value", size, config.hiddenSize()));
    parameters.unread(unread -> new PreTrainingHead(unread, config));
  }

  /** Returns the rows this head reads of one sequence: those of the phrases, then all regions. */
  public static int[] rows(int[] phrasePositions, int textLength, int regions) {
    int[] rows = new int[phrasePositions.length + regions];
    System.arraycopy(phrasePositions, 0, rows, 0, phrasePositions.length);
    for (int region = 0; region < regions; region++) {
      rows[phrasePositions.length + region] = textLength + region;
    }
    return rows;
  }

  /**
   * Returns the scores of every sequence, each (phrases, regions) in row-major order.
   *
   * @param rows (rows of all sequences as {@link #rows} lists them, hidden)
   * @param phrases the number of phrases of each sequence
   * @param regions the number of regions of each sequence
   */
  public float[][] logits(Execution execution, Matrix rows, int[] phrases, int[] regions) {
    Matrix q = execution.workspace().matrix(rows.rows(), size, Layout.ROWS); // (rows, size)
    Matrix k = execution.workspace().matrix(rows.rows(), size, Layout.ROWS); // (rows, size)
    kernels.linear(execution, rows, query, Activation.LINEAR, q);
    kernels.linear(execution, rows, key, Activation.LINEAR, k);
    float[][] logits = new float[phrases.length][];
    int firstRow = 0;
    for (int i = 0; i < phrases.length; i++) {
      logits[i] = scores(q, k, firstRow, phrases[i], regions[i]);
      firstRow += phrases[i] + regions[i];
    }
    return logits;
  }

  private float[] scores(Matrix q, Matrix k, int firstRow, int phrases, int regions) {
    float scale = (float) (1 / Math.sqrt(size));
    float[] scores = new float[phrases * regions];
    for (int phrase = 0; phrase < phrases; phrase++) {
      for (int region = 0; region < regions; region++) {
        float dot = 0;
        for (int i = 0; i < size; i++) {
          dot = Math.fma(q.get(firstRow + phrase, i), k.get(firstRow + phrases + region, i), dot);
        }
        scores[phrase * regions + region] = dot * scale;
      }
    }
    return scores;
  }
}
