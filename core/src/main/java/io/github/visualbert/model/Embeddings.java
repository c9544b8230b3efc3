package io.github.visualbert.model;

import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.tensor.Tensor;
import java.util.Arrays;

/**
 * The input of the encoder: word, type and position of every token; projection, position and type
 * of every region; one layer norm over both. Reproduces {@code VisualBertEmbeddings} in
 * modeling_visual_bert.py of transformers 5.17.0.
 */
final class Embeddings {
  /** All regions share this row of the visual position table; no other row is ever read. */
  private static final int VISUAL_POSITION = 0;

  private final Kernels kernels;
  private final VisualBertConfig config;
  private final Tensor wordEmbeddings;
  private final Tensor positionEmbeddings;
  private final Tensor tokenTypeEmbeddings;
  private final Tensor visualTokenTypeEmbeddings;
  private final Tensor visualPositionEmbeddings;
  private final LinearWeights visualProjection;
  private final LayerNormWeights norm;

  Embeddings(Parameters parameters, VisualBertConfig config) {
    int hidden = config.hiddenSize();
    int positions = config.maxPositionEmbeddings();
    int types = config.typeVocabSize();
    this.kernels = parameters.kernels();
    this.config = config;
    this.wordEmbeddings = parameters.tensor("word_embeddings.weight", config.vocabSize(), hidden);
    this.positionEmbeddings = parameters.tensor("position_embeddings.weight", positions, hidden);
    this.tokenTypeEmbeddings = parameters.tensor("token_type_embeddings.weight", types, hidden);
    this.visualTokenTypeEmbeddings =
        parameters.tensor("visual_token_type_embeddings.weight", types, hidden);
    this.visualPositionEmbeddings =
        parameters.tensor("visual_position_embeddings.weight", positions, hidden);
    this.visualProjection =
        parameters.linear("visual_projection", hidden, config.visualEmbeddingDim());
    this.norm = parameters.layerNorm("LayerNorm", config);
  }

  /** Returns the embeddings, (rows, hidden): for each sequence the text, then the regions. */
  Matrix forward(Execution execution, Batch batch) {
    Workspace workspace = execution.workspace();
    Matrix hidden = // (rows, hidden)
        workspace.matrix(batch.rows(), config.hiddenSize(), Layout.PANELS);
    long mark = workspace.mark();
    Pictures pictures = workspace.kept(Pictures.class, Pictures::new);
    try {
      pictures.set(batch);
      EmbeddedRows rows = workspace.kept(EmbeddedRows.class, EmbeddedRows::new);
      rows.embeddings = this;
      rows.batch = batch;
      rows.pictures = pictures;
      rows.projected = project(execution, pictures); // (regions of all pictures, hidden)
      rows.fill(execution, hidden, 4);
    } finally {
      pictures.clear();
    }
    workspace.release(mark);
    kernels.layerNorm(execution, hidden, null, norm, hidden);
    return hidden;
  }

  /** Projects the region features of every picture once. */
  private Matrix project(Execution execution, Pictures pictures) {
    Workspace workspace = execution.workspace();
    int regions = pictures.rows();
    Matrix projected = workspace.matrix(regions, config.hiddenSize(), Layout.PANELS);
    if (regions > 0) {
      Matrix features = // (regions, visual embedding dim)
          workspace.matrix(regions, config.visualEmbeddingDim(), Layout.PANELS);
      FeatureRows rows = workspace.kept(FeatureRows.class, FeatureRows::new);
      rows.pictures = pictures;
      rows.fill(execution, features, 1);
      kernels.linear(execution, features, visualProjection, Activation.LINEAR, projected);
    }
    return projected;
  }

  /** Fills the rows of a matrix one by one; the workers share its panels. */
  private abstract static class RowTask implements Workers.Task {
    private Matrix matrix;
    private float[][] arrays;

    /**
     * Fills all rows.
     *
     * @param lines how many rows the array of a worker holds
     */
    final void fill(Execution execution, Matrix to, int lines) {
      matrix = to;
      arrays =
          execution
              .workspace()
              .arrays(execution.workers().count(), Math.multiplyExact(lines, to.columns()));
      execution.workers().forEach(to.panels(), this);
    }

    /** Computes one row, at the start of {@code a}. */
    abstract void compute(int row, float[] a);

    @Override
    public final void run(int panel, int worker) {
      int begin = panel * Matrix.PANEL_ROWS;
      int end = Math.min(begin + Matrix.PANEL_ROWS, matrix.rows());
      for (int row = begin; row < end; row++) {
        compute(row, arrays[worker]);
        matrix.setRow(row, arrays[worker]);
      }
    }
  }

  private static final class FeatureRows extends RowTask {
    Pictures pictures;

    @Override
    void compute(int row, float[] a) {
      pictures.copyRow(row, a);
    }
  }

  private static final class EmbeddedRows extends RowTask {
    Embeddings embeddings;
    Batch batch;
    Pictures pictures;
    Matrix projected;

    @Override
    void compute(int row, float[] a) {
      int i = batch.sequenceAt(row);
      Sequence sequence = batch.sequence(i);
      int token = row - batch.offset(i);
      int region = token - sequence.textLength();
      if (region < 0) {
        embeddings.embedToken(sequence, token, a);
      } else {
        projected.getRow(pictures.firstRow(i) + region, a);
        embeddings.embedRegion(sequence, region, a);
      }
    }
  }

  // The arrays below hold the row and, behind it, three rows of scratch.

  /** {@code (word + type) + position}, in this order. */
  private void embedToken(Sequence sequence, int token, float[] a) {
    int other = config.hiddenSize();
    int[] types = sequence.tokenTypeIds();
    int[] positions = sequence.positionIds();
    if (sequence.inputIds() != null) {
      copyRow(wordEmbeddings, sequence.inputIds()[token], a, 0);
    } else {
      copyRow(sequence.inputsEmbeds(), token, a, 0);
    }
    copyRow(tokenTypeEmbeddings, types == null ? 0 : types[token], a, other);
    add(a, 0, other);
    copyRow(positionEmbeddings, positions == null ? token : positions[token], a, other);
    add(a, 0, other);
  }

  /**
   * {@code (projection + position) + type}, in this order.
   *
   * @param a holds the projection, to which the others are added
   */
  private void embedRegion(Sequence sequence, int region, float[] a) {
    int other = config.hiddenSize();
    int[] types = sequence.visualTokenTypeIds();
    int[][] alignment = sequence.imageTextAlignment();
    copyRow(visualPositionEmbeddings, VISUAL_POSITION, a, other);
    if (alignment != null) {
      addMeanOfAlignedPositions(alignment[region], a, other);
    }
    add(a, 0, other);
    copyRow(
        visualTokenTypeEmbeddings,
        types == null ? Sequence.DEFAULT_VISUAL_TOKEN_TYPE : types[region],
        a,
        other);
    add(a, 0, other);
  }

  /**
   * Adds the mean of the embeddings of the text positions that a region is aligned with; 0 when
   * there are none.
   */
  private void addMeanOfAlignedPositions(int[] textPositions, float[] a, int to) {
    int sum = to + config.hiddenSize();
    int position = sum + config.hiddenSize();
    Arrays.fill(a, sum, position, 0f);
    int count = 0;
    for (int text : textPositions) {
      if (text != -1) {
        copyRow(positionEmbeddings, text, a, position);
        add(a, sum, position);
        count++;
      }
    }
    for (int feature = 0; feature < config.hiddenSize(); feature++) {
      a[to + feature] = a[sum + feature] / Math.max(count, 1) + a[to + feature];
    }
  }

  private void add(float[] a, int to, int other) {
    for (int feature = 0; feature < config.hiddenSize(); feature++) {
      a[to + feature] += a[other + feature];
    }
  }

  private static void copyRow(Tensor table, int row, float[] a, int to) {
    int columns = (int) table.size(1);
    table.copyTo((long) row * columns, a, to, columns);
  }

  /**
   * Checks that a sequence can be embedded by this model.
   *
   * @throws IllegalArgumentException naming the input, the invalid entry and what is allowed
   */
  void check(Sequence sequence) {
    int text = sequence.textLength();
    if (sequence.inputIds() != null) {
      requireBelow("input_ids", sequence.inputIds(), config.vocabSize(), "vocab_size");
    } else {
      requireColumns("inputs_embeds", sequence.inputsEmbeds(), config.hiddenSize(), "hidden_size");
    }
    int types = config.typeVocabSize();
    int positions = config.maxPositionEmbeddings();
    if (sequence.positionIds() == null && text > positions) {
      throw new InvalidArgumentException(
          "the text has %d tokens, the model's max_position_embeddings is %d"
              .formatted(text, positions));
    }
    requireBelow("token_type_ids", sequence.tokenTypeIds(), types, "type_vocab_size");
    requireBelow("position_ids", sequence.positionIds(), positions, "max_position_embeddings");
    if (sequence.visualEmbeds() != null) {
      requireColumns(
          "visual_embeds",
          sequence.visualEmbeds(),
          config.visualEmbeddingDim(),
          "visual_embedding_dim");
      requireBelow(
          "visual_token_type_ids", sequence.visualTokenTypeIds(), types, "type_vocab_size");
      if (sequence.visualTokenTypeIds() == null
          && sequence.regions() > 0
          && Sequence.DEFAULT_VISUAL_TOKEN_TYPE >= types) {
        throw new InvalidArgumentException(
            "visual_token_type_ids defaults to %d, the model's type_vocab_size is %d: give them"
                .formatted(Sequence.DEFAULT_VISUAL_TOKEN_TYPE, types));
      }
      if (sequence.imageTextAlignment() != null) {
        for (int region = 0; region < sequence.regions(); region++) {
          requireAligned(sequence.imageTextAlignment()[region], region, positions);
        }
      }
    }
  }

  private static void requireBelow(String name, int[] values, int bound, String boundName) {
    for (int i = 0; values != null && i < values.length; i++) {
      if (values[i] < 0 || values[i] >= bound) {
        throw new InvalidArgumentException(
            "%s holds %d at index %d, expected 0 to %d (%s is %d)"
                .formatted(name, values[i], i, bound - 1, boundName, bound));
      }
    }
  }

  private static void requireAligned(int[] textPositions, int region, int bound) {
    for (int position : textPositions) {
      if (position < -1 || position >= bound) {
        throw new InvalidArgumentException(
            "image_text_alignment holds %d for region %d, expected -1 to %d"
                .formatted(position, region, bound - 1));
      }
    }
  }

  private static void requireColumns(String name, Tensor tensor, int columns, String sizeName) {
    if (tensor.rank() != 2) {
      throw new InvalidArgumentException(
          "%s of one sequence has %d dimensions, expected 2".formatted(name, tensor.rank()));
    }
    if (tensor.size(1) != columns) {
      throw new InvalidArgumentException(
          "%s has %d columns, the model's %s is %d"
              .formatted(name, tensor.size(1), sizeName, columns));
    }
  }
}
