package io.github.visualbert.model;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.kernel.Activation;
import io.github.visualbert.weights.Checkpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes that decide which parameters a VisualBERT has, and of which shape. Names are those of
 * config.json.
 *
 * @param head what stands on top of the encoder
 * @param labels rows of {@code cls.weight}; 1 for multiple choice, 0 where there is no such layer
 * @param pooler whether there is a pooler ({@code add_pooling_layer})
 * @param tieWordEmbeddings whether a decoder that is not stored is the word embeddings
 */
public record Architecture(
    HeadType head,
    int hiddenSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int intermediateSize,
    int vocabSize,
    int maxPositionEmbeddings,
    int typeVocabSize,
    int visualEmbeddingDim,
    int labels,
    boolean pooler,
    boolean bypassTransformer,
    boolean tieWordEmbeddings) {

  /**
   * Returns the sizes that a configuration states.
   *
   * @param head what stands on the encoder
   * @param pooler whether the pooler is wanted
   */
  public static Architecture of(VisualBertConfig config, HeadType head, boolean pooler) {
    int classes =
        switch (head) {
          case QUESTION_ANSWERING, VISUAL_REASONING -> config.numLabels();
          case MULTIPLE_CHOICE -> 1;
          case BASE, PRE_TRAINING, REGION_TO_PHRASE -> 0;
        };
    return new Architecture(
        head,
        config.hiddenSize(),
        config.numHiddenLayers(),
        config.numAttentionHeads(),
        config.intermediateSize(),
        config.vocabSize(),
        config.maxPositionEmbeddings(),
        config.typeVocabSize(),
        config.visualEmbeddingDim(),
        classes,
        pooler,
        config.bypassTransformer(),
        config.tieWordEmbeddings());
  }

  /**
   * Tells head and sizes by names and shapes, for a checkpoint without config.json.
   *
   * @param numAttentionHeads how many heads the layers have, which no shape says; 0 for as many as
   *     have 64 features each
   * @throws ModelException of kind MISMATCH when they cannot be told
   */
  public static Architecture recover(Checkpoint checkpoint, int numAttentionHeads) {
    return new ArchitectureRecovery(checkpoint).recover(numAttentionHeads);
  }

  /**
   * Returns the configuration of these sizes; what no shape tells has the default of transformers.
   */
  public VisualBertConfig config() {
    return new VisualBertConfig(
        List.of(head.className()),
        vocabSize,
        hiddenSize,
        numHiddenLayers,
        numAttentionHeads,
        intermediateSize,
        visualEmbeddingDim,
        Activation.GELU,
        maxPositionEmbeddings,
        typeVocabSize,
        1e-12,
        bypassTransformer,
        tieWordEmbeddings,
        VisualBertConfig.placeholders(labels > 0 ? labels : VisualBertConfig.DEFAULT_LABELS));
  }

  /**
   * A parameter of the model.
   *
   * @param read whether an output depends on it; a checkpoint may lack those that nothing reads
   */
  public record Parameter(long[] shape, boolean read) {}

  /**
   * Returns all parameters by their Hugging Face names, in the order of the forward pass.
   *
   * @param classifierTransform whether the classifier has MMF's first layer, {@code cls.transform}
   */
  public Map<String, Parameter> parameters(boolean classifierTransform) {
    return new Inventory().list(classifierTransform);
  }

  /** Collects the parameters, as {@code modeling_visual_bert.py} makes them. */
  private final class Inventory {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private boolean read = true;

    Map<String, Parameter> list(boolean classifierTransform) {
      embeddings("visual_bert.embeddings");
      for (int layer = 0; layer < numHiddenLayers; layer++) {
        layer("visual_bert.encoder.layer." + layer);
      }
      if (bypassTransformer) {
        layer("visual_bert.additional_layer");
      }
      if (pooler) {
        // Question answering and region-to-phrase read rows of the encoder; their pooler was kept,
        // not used.
        read = head != HeadType.QUESTION_ANSWERING && head != HeadType.REGION_TO_PHRASE;
        linear("visual_bert.pooler.dense", hiddenSize, hiddenSize);
        read = true;
      }
      if (head.isClassifier()) {
        if (classifierTransform) {
          transform("cls.transform");
        }
        linear("cls", labels, hiddenSize);
      } else if (head == HeadType.PRE_TRAINING) {
        preTraining();
      } else if (head == HeadType.REGION_TO_PHRASE) {
        linear("attention.query", hiddenSize / numAttentionHeads, hiddenSize);
        linear("attention.key", hiddenSize / numAttentionHeads, hiddenSize);
        read = false;
        linear("attention.value", hiddenSize / numAttentionHeads, hiddenSize);
        preTraining();
      }
      return parameters;
    }

    private void embeddings(String name) {
      add(name + ".word_embeddings.weight", vocabSize, hiddenSize);
      add(name + ".position_embeddings.weight", maxPositionEmbeddings, hiddenSize);
      add(name + ".token_type_embeddings.weight", typeVocabSize, hiddenSize);
      add(name + ".visual_token_type_embeddings.weight", typeVocabSize, hiddenSize);
      add(name + ".visual_position_embeddings.weight", maxPositionEmbeddings, hiddenSize);
      linear(name + ".visual_projection", hiddenSize, visualEmbeddingDim);
      layerNorm(name + ".LayerNorm");
    }

    private void layer(String name) {
      linear(name + ".attention.self.query", hiddenSize, hiddenSize);
      linear(name + ".attention.self.key", hiddenSize, hiddenSize);
      linear(name + ".attention.self.value", hiddenSize, hiddenSize);
      linear(name + ".attention.output.dense", hiddenSize, hiddenSize);
      layerNorm(name + ".attention.output.LayerNorm");
      linear(name + ".intermediate.dense", intermediateSize, hiddenSize);
      linear(name + ".output.dense", hiddenSize, intermediateSize);
      layerNorm(name + ".output.LayerNorm");
    }

    private void preTraining() {
      transform("cls.predictions.transform");
      linear("cls.predictions.decoder", vocabSize, hiddenSize);
      // What is added is the decoder's bias; this one is read only where it stands in for that.
      parameters.put("cls.predictions.bias", new Parameter(new long[] {vocabSize}, false));
      linear("cls.seq_relationship", 2, hiddenSize);
    }

    private void transform(String name) {
      linear(name + ".dense", hiddenSize, hiddenSize);
      layerNorm(name + ".LayerNorm");
    }

    private void linear(String name, long outFeatures, long inFeatures) {
      add(name + ".weight", outFeatures, inFeatures);
      add(name + ".bias", outFeatures);
    }

    private void layerNorm(String name) {
      add(name + ".weight", hiddenSize);
      add(name + ".bias", hiddenSize);
    }

    private void add(String name, long... shape) {
      parameters.put(name, new Parameter(shape, read));
    }
  }
}
