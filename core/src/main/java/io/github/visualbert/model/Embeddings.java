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
    for (int i = 0; i < batch.size(); i++) {
      Sequence sequence = batch.sequences().get(i);
      embedText(sequence, hidden, offsets[i]);
      if (sequence.regions() > 0) {
        int picture = firstRow.get(sequence.visualEmbeds());
        embedRegions(sequence, projected, picture, hidden, offsets[i] + sequence.textLength());
      }
    }
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
    List<Tensor> pictures = new ArrayList<>();
    int regions = 0;
    for (Sequence sequence : batch.sequences()) {
      if (sequence.regions() > 0 && !firstRow.containsKey(sequence.visualEmbeds())) {
        firstRow.put(sequence.visualEmbeds(), regions);
        pictures.add(sequence.visualEmbeds());
        regions += sequence.regions();
      }
    }
    Matrix projected = workspace.matrix(regions, config.hiddenSize(), Layout.PANELS);
    if (regions > 0) {
      Matrix features = // (regions, visual embedding dim)
          workspace.matrix(regions, config.visualEmbeddingDim(), Layout.PANELS);
      int row = 0;
      for (Tensor picture : pictures) {
        for (int region = 0; region < picture.size(0); region++) {
          copy(picture, region, features, row++);
        }
      }
      kernels.linear(execution, features, visualProjection, Activation.LINEAR, projected);
    }
    return projected;
  }

  /** {@code (word + type) + position}, in this order. */
  private void embedText(Sequence sequence, Matrix hidden, int firstRow) {
    int[] types = sequence.tokenTypeIds();
    int[] positions = sequence.positionIds();
    for (int token = 0; token < sequence.textLength(); token++) {
      int type = types == null ? 0 : types[token];
      int position = positions == null ? token : positions[token];
      Tensor words = wordEmbeddings;
      int word;
      if (sequence.inputIds() != null) {
        word = sequence.inputIds()[token];
      } else {
        words = sequence.inputsEmbeds();
        word = token;
      }
      for (int feature = 0; feature < hidden.columns(); feature++) {
        float sum =
            (at(words, word, feature) + at(tokenTypeEmbeddings, type, feature))
                + at(positionEmbeddings, position, feature);
        hidden.set(firstRow + token, feature, sum);
      }
    }
  }

  /** {@code (projection + position) + type}, in this order. */
  private void embedRegions(
      Sequence sequence, Matrix projected, int picture, Matrix hidden, int firstRow) {
    int[] types = sequence.visualTokenTypeIds();
    int[][] alignment = sequence.imageTextAlignment();
    for (int region = 0; region < sequence.regions(); region++) {
      int type = types == null ? Sequence.DEFAULT_VISUAL_TOKEN_TYPE : types[region];
      for (int feature = 0; feature < hidden.columns(); feature++) {
        float position = at(visualPositionEmbeddings, VISUAL_POSITION, feature);
        if (alignment != null) {
          position = meanOfAlignedPositions(alignment[region], feature) + position;
        }
        float sum =
            (projected.get(picture + region, feature) + position)
                + at(visualTokenTypeEmbeddings, type, feature);
        hidden.set(firstRow + region, feature, sum);
      }
    }
  }

  /** Returns the mean of the *text* positions a region speaks of; 0 when it speaks of none. */
  private float meanOfAlignedPositions(int[] textPositions, int feature) {
    float sum = 0;
    int count = 0;
    for (int position : textPositions) {
      if (position != -1) {
        sum += at(positionEmbeddings, position, feature);
        count++;
      }
    }
    return sum / Math.max(count, 1);
  }

  private static void copy(Tensor from, int fromRow, Matrix to, int toRow) {
    for (int column = 0; column < to.columns(); column++) {
      to.set(toRow, column, at(from, fromRow, column));
    }
  }

  private static float at(Tensor table, int row, int column) {
    return table.getFloat(row * table.size(1) + column);
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
