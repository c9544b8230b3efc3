package io.github.visualbert.model;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LayerNormWeights;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.tensor.Matrix;
import io.github.visualbert.tensor.Matrix.Layout;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.tensor.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the encoder starts from: word, type and position of every token; projection, position and
 * type of every region; one layer norm over both. Reproduces {@code VisualBertEmbeddings}.
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

  /**
   * Returns the embeddings of all rows, (rows, hidden): of each sequence the text, then the
   * regions.
   */
  Matrix forward(Execution execution, Batch batch) {
    Workspace workspace = execution.workspace();
    int[] offsets = batch.offsets();
    Matrix hidden = // (rows, hidden)
        workspace.matrix(offsets[batch.size()], config.hiddenSize(), Layout.PANELS);
    long mark = workspace.mark();

    Map<Tensor, Integer> firstRow = new IdentityHashMap<>();
    Matrix projected = project(execution, batch, firstRow); // (regions of all pictures, hidden)
    int[] sequenceOfRow = new int[hidden.rows()];
    for (int i = 0; i < batch.size(); i++) {
      Arrays.fill(sequenceOfRow, offsets[i], offsets[i + 1], i);
    }
    forEachRow(
        execution,
        hidden,
        (row, values, other) -> {
          Sequence sequence = batch.sequences().get(sequenceOfRow[row]);
          int token = row - offsets[sequenceOfRow[row]];
          int region = token - sequence.textLength();
          if (region < 0) {
            embedToken(sequence, token, values, other);
          } else {
            projected.getRow(firstRow.get(sequence.visualEmbeds()) + region, values);
            embedRegion(sequence, region, values, other);
          }
        });
    workspace.release(mark);
    kernels.layerNorm(execution, hidden, null, norm, hidden);
    return hidden;
  }

  /**
   * Projects the region features of every picture once, also when several sequences share it.
   *
   * @param firstRow receives the first row of each picture
   */
  private Matrix project(Execution execution, Batch batch, Map<Tensor, Integer> firstRow) {
    Workspace workspace = execution.workspace();
    List<Tensor> pictures = new ArrayList<>(); // of every row
    for (Sequence sequence : batch.sequences()) {
      Tensor picture = sequence.visualEmbeds();
      if (sequence.regions() > 0 && firstRow.putIfAbsent(picture, pictures.size()) == null) {
        pictures.addAll(Collections.nCopies(sequence.regions(), picture));
      }
    }
    int regions = pictures.size();
    Matrix projected = workspace.matrix(regions, config.hiddenSize(), Layout.PANELS);
    if (regions > 0) {
      Matrix features = // (regions, visual embedding dim)
          workspace.matrix(regions, config.visualEmbeddingDim(), Layout.PANELS);
      forEachRow(
          execution,
          features,
          (row, values, other) -> {
            Tensor picture = pictures.get(row);
            copyRow(picture, row - firstRow.get(picture), values);
          });
      kernels.linear(execution, features, visualProjection, Activation.LINEAR, projected);
    }
    return projected;
  }

  /** Computes the numbers of one row. */
  @FunctionalInterface
  private interface RowTask {
    /**
     * Fills {@code values}.
     *
     * @param other scratch of the same length
     */
    void fill(int row, float[] values, float[] other);
  }

  /** Fills the rows of a matrix; the workers share its panels. */
  private static void forEachRow(Execution execution, Matrix matrix, RowTask task) {
    int workers = execution.workers().count();
    float[][] arrays = execution.workspace().arrays(2 * workers, matrix.columns());
    execution
        .workers()
        .forEach(
            matrix.panels(),
            (panel, worker) -> {
              int begin = panel * Matrix.PANEL_ROWS;
              int end = Math.min(begin + Matrix.PANEL_ROWS, matrix.rows());
              for (int row = begin; row < end; row++) {
                task.fill(row, arrays[worker], arrays[workers + worker]);
                matrix.setRow(row, arrays[worker]);
              }
            });
  }

  /** {@code (word + type) + position}, in this order. */
  private void embedToken(Sequence sequence, int token, float[] values, float[] other) {
    int[] types = sequence.tokenTypeIds();
    int[] positions = sequence.positionIds();
    if (sequence.inputIds() != null) {
      copyRow(wordEmbeddings, sequence.inputIds()[token], values);
    } else {
      copyRow(sequence.inputsEmbeds(), token, values);
    }
    copyRow(tokenTypeEmbeddings, types == null ? 0 : types[token], other);
    add(values, other);
    copyRow(positionEmbeddings, positions == null ? token : positions[token], other);
    add(values, other);
  }

  /**
   * {@code (projection + position) + type}, in this order.
   *
   * @param values the projection, to which the others are added
   */
  private void embedRegion(Sequence sequence, int region, float[] values, float[] other) {
    int[] types = sequence.visualTokenTypeIds();
    int[][] alignment = sequence.imageTextAlignment();
    copyRow(visualPositionEmbeddings, VISUAL_POSITION, other);
    if (alignment != null) {
      addMeanOfAlignedPositions(alignment[region], other);
    }
    add(values, other);
    copyRow(
        visualTokenTypeEmbeddings,
        types == null ? Sequence.DEFAULT_VISUAL_TOKEN_TYPE : types[region],
        other);
    add(values, other);
  }

  /** Adds the mean of the *text* positions a region speaks of; 0 when it speaks of none. */
  private void addMeanOfAlignedPositions(int[] textPositions, float[] values) {
    float[] sum = new float[config.hiddenSize()];
    float[] position = new float[config.hiddenSize()];
    int count = 0;
    for (int text : textPositions) {
      if (text != -1) {
        copyRow(positionEmbeddings, text, position);
        add(sum, position);
        count++;
      }
    }
    for (int feature = 0; feature < sum.length; feature++) {
      values[feature] = sum[feature] / Math.max(count, 1) + values[feature];
    }
  }

  private void add(float[] values, float[] other) {
    for (int feature = 0; feature < config.hiddenSize(); feature++) {
      values[feature] += other[feature];
    }
  }

  private static void copyRow(Tensor table, int row, float[] to) {
    int columns = (int) table.size(1);
    table.copyTo((long) row * columns, to, 0, columns);
  }

  /**
   * Checks that a sequence can be embedded by this model.
   *
   * @throws IllegalArgumentException naming the input, the offending entry and what is allowed
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
      throw new IllegalArgumentException(
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
        throw new IllegalArgumentException(
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
        throw new IllegalArgumentException(
            "%s holds %d at index %d, expected 0 to %d (%s is %d)"
                .formatted(name, values[i], i, bound - 1, boundName, bound));
      }
    }
  }

  private static void requireAligned(int[] textPositions, int region, int bound) {
    for (int position : textPositions) {
      if (position < -1 || position >= bound) {
        throw new IllegalArgumentException(
            "image_text_alignment holds %d for region %d, expected -1 to %d"
                .formatted(position, region, bound - 1));
      }
    }
  }

  private static void requireColumns(String name, Tensor tensor, int columns, String sizeName) {
    if (tensor.rank() != 2) {
      throw new IllegalArgumentException(
          "%s of one sequence has %d dimensions, expected 2".formatted(name, tensor.rank()));
    }
    if (tensor.size(1) != columns) {
      throw new IllegalArgumentException(
          "%s has %d columns, the model's %s is %d"
              .formatted(name, tensor.size(1), sizeName, columns));
    }
  }
}
