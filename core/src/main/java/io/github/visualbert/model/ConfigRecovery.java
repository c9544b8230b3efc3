package io.github.visualbert.model;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.weights.Checkpoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Infers head and sizes of a model from the names and shapes of its parameters, for checkpoints
 * without a config.json. What no shape tells has the default of transformers.
 */
final class ConfigRecovery {
  /** Features of an attention head in every published BERT. */
  private static final int HEAD_SIZE = 64;

  private static final double LAYER_NORM_EPS = 1e-12;
  private static final int DEFAULT_LABELS = 2;

  private static final String EMBEDDINGS = "visual_bert.embeddings.";
  private static final String LAYER = "visual_bert.encoder.layer.";

  private final Checkpoint checkpoint;
  private final List<String> problems = new ArrayList<>();

  ConfigRecovery(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  VisualBertConfig recover(int numAttentionHeads) {
    HeadType head = head();
    int hiddenSize = size(EMBEDDINGS + "word_embeddings.weight", 1);
    int vocabSize = size(EMBEDDINGS + "word_embeddings.weight", 0);
    int positions = size(EMBEDDINGS + "position_embeddings.weight", 0);
    int types = size(EMBEDDINGS + "token_type_embeddings.weight", 0);
    int visual = size(EMBEDDINGS + "visual_projection.weight", 1);
    int intermediateSize = size(LAYER + "0.intermediate.dense.weight", 0);
    int labels =
        switch (head) {
          case QUESTION_ANSWERING, MULTIPLE_CHOICE, VISUAL_REASONING -> size("cls.weight", 0);
          case BASE, PRE_TRAINING, REGION_TO_PHRASE -> DEFAULT_LABELS;
        };
    int attentionHeads = attentionHeads(head, hiddenSize, numAttentionHeads);
    if (problems.isEmpty()) {
      try {
        return new VisualBertConfig(
            List.of(head.className()),
            vocabSize,
            hiddenSize,
            layers(),
            attentionHeads,
            intermediateSize,
            visual,
            Activation.GELU,
            positions,
            types,
            LAYER_NORM_EPS,
            checkpoint.hasAny("visual_bert.additional_layer."),
            true,
            VisualBertConfig.placeholderLabels(labels));
      } catch (IllegalArgumentException e) { // a size is out of range
        problems.add(e.getMessage());
      }
    }
    throw checkpoint.mismatch(
        "there is no config.json, and the weights do not tell the sizes of the model: "
            + String.join(", ", problems.stream().distinct().toList()));
  }

  /**
   * The rows of a classifier tell what it is: 1 scores choices, 2 are false and true, any other
   * number are answers.
   */
  private HeadType head() {
    if (checkpoint.has("attention.query.weight")) {
      return HeadType.REGION_TO_PHRASE;
    }
    if (checkpoint.has("cls.seq_relationship.weight")
        || checkpoint.has("cls.predictions.transform.dense.weight")) {
      return HeadType.PRE_TRAINING;
    }
    if (!checkpoint.has("cls.weight")) {
      return HeadType.BASE;
    }
    return switch (size("cls.weight", 0)) {
      case 1 -> HeadType.MULTIPLE_CHOICE;
      case 2 -> HeadType.VISUAL_REASONING;
      default -> HeadType.QUESTION_ANSWERING;
    };
  }

  private int layers() {
    int layers = 0;
    while (checkpoint.has(LAYER + layers + ".intermediate.dense.weight")) {
      layers++;
    }
    return layers;
  }

  private int attentionHeads(HeadType head, int hiddenSize, int given) {
    if (given > 0) {
      return given;
    }
    int headSize =
        head == HeadType.REGION_TO_PHRASE ? size("attention.query.weight", 0) : HEAD_SIZE;
    if (headSize == 0 || hiddenSize % headSize != 0) {
      problems.add(
          "hidden_size %d is no multiple of %d, and no shape says num_attention_heads"
              .formatted(hiddenSize, headSize));
      return 0;
    }
    return hiddenSize / headSize;
  }

  /** Returns a size of a matrix, or 0 and a problem. */
  private int size(String name, int dimension) {
    if (!checkpoint.has(name)) {
      problems.add("no tensor " + name);
      return 0;
    }
    List<Long> shape = checkpoint.info(name).shape();
    if (shape.size() != 2 || shape.get(dimension) < 1 || shape.get(dimension) > Integer.MAX_VALUE) {
      problems.add("%s has shape %s".formatted(name, shape));
      return 0;
    }
    return shape.get(dimension).intValue();
  }
}
