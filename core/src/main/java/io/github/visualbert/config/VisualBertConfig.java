package io.github.visualbert.config;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.kernel.Activation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sizes and switches of a model, as {@code config.json} states them. Reproduces {@code
 * VisualBertConfig} in configuration_visual_bert.py of transformers 5.17.0; keys that only training
 * reads are not kept.
 *
 * @param architectures the names of the classes that the checkpoint was saved from; may be empty
 * @param hiddenSize H, a multiple of the number of heads
 * @param visualEmbeddingDim the width of region features
 * @param maxPositionEmbeddings the longest text in tokens; regions are not limited by it
 * @param bypassTransformer whether regions join after the encoder ("late fusion")
 * @param tieWordEmbeddings whether the word decoder is the word embedding table
 * @param labels the names of the classes, by index
 */
@SuppressWarnings("exports") // Activation: only the model reads it
public record VisualBertConfig(
    List<String> architectures,
    int vocabSize,
    int hiddenSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int intermediateSize,
    int visualEmbeddingDim,
    Activation hiddenAct,
    int maxPositionEmbeddings,
    int typeVocabSize,
    double layerNormEps,
    boolean bypassTransformer,
    boolean tieWordEmbeddings,
    List<String> labels) {

  /** The largest config.json that is read: 3,129 labels take 150 kB. */
  private static final int MAX_FILE_BYTES = 64 << 20;

  private static final int MAX_SIZE = 1 << 24;
  private static final int MAX_LAYERS = 1 << 12;

  private static final int DEFAULT_LABELS = 2;

  /**
   * Checks the invariants.
   *
   * @throws IllegalArgumentException naming the key, its value and what is allowed
   */
  public VisualBertConfig {
    architectures = List.copyOf(architectures);
    labels = List.copyOf(labels);
    requireSize("vocab_size", vocabSize, 1, MAX_SIZE);
    requireSize("hidden_size", hiddenSize, 1, MAX_SIZE);
    requireSize("num_hidden_layers", numHiddenLayers, 1, MAX_LAYERS);
    requireSize("num_attention_heads", numAttentionHeads, 1, hiddenSize);
    requireSize("intermediate_size", intermediateSize, 1, MAX_SIZE);
    requireSize("visual_embedding_dim", visualEmbeddingDim, 1, MAX_SIZE);
    requireSize("max_position_embeddings", maxPositionEmbeddings, 1, MAX_SIZE);
    requireSize("type_vocab_size", typeVocabSize, 1, MAX_SIZE);
    if (hiddenSize % numAttentionHeads != 0) {
      throw new IllegalArgumentException(
          "hidden_size %d is not a multiple of num_attention_heads %d"
              .formatted(hiddenSize, numAttentionHeads));
    }
    if (!(layerNormEps > 0 && layerNormEps < 1)) {
      throw new IllegalArgumentException(
          "layer_norm_eps is %s, expected a number between 0 and 1".formatted(layerNormEps));
    }
    if (labels.isEmpty()) {
      throw new IllegalArgumentException("id2label is empty, expected at least one label");
    }
  }

  /** Writes the sizes as members of an object, under the names of config.json. */
  @SuppressWarnings("exports") // for the command line
  public void writeSizes(JsonWriter json) {
    json.field("hidden_size", hiddenSize());
    json.field("num_hidden_layers", numHiddenLayers());
    json.field("num_attention_heads", numAttentionHeads());
    json.field("intermediate_size", intermediateSize());
    json.field("vocab_size", vocabSize());
    json.field("max_position_embeddings", maxPositionEmbeddings());
    json.field("type_vocab_size", typeVocabSize());
    json.field("visual_embedding_dim", visualEmbeddingDim());
    json.field("bypass_transformer", bypassTransformer());
  }

  /** Returns the number of classes. */
  public int numLabels() {
    return labels.size();
  }

  /** Returns the first architecture this library knows, or the base model when none is named. */
  public HeadType headType() {
    return architectures.stream()
        .flatMap(name -> HeadType.of(name).stream())
        .findFirst()
        .orElse(HeadType.BASE);
  }

  /**
   * Returns whether the labels are placeholders: the names that transformers writes when none were
   * given.
   */
  public boolean hasPlaceholderLabels() {
    return IntStream.range(0, labels.size())
        .allMatch(i -> labels.get(i).equals(placeholderLabel(i)));
  }

  /**
   * Reads a config.json.
   *
   * @throws ModelException when it cannot be read, is not JSON, or breaks an invariant
   */
  public static VisualBertConfig read(Path file) {
    byte[] bytes = TextFiles.readOfModel(file, "a model configuration", MAX_FILE_BYTES);
    try {
      return of(Json.parseObject(bytes));
    } catch (JsonException | IllegalArgumentException e) {
      throw new ModelException(Kind.MALFORMED, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Reads the keys, each with the default of transformers. */
  private static VisualBertConfig of(JsonObject json) {
    String modelType = json.getString("model_type", "visual_bert");
    if (!modelType.equals("visual_bert")) {
      throw new IllegalArgumentException(
          "model_type is %s, expected visual_bert".formatted(modelType));
    }
    requireProbability(json, "hidden_dropout_prob");
    requireProbability(json, "attention_probs_dropout_prob");
    return new VisualBertConfig(
        json.has("architectures") ? json.getArray("architectures").toStrings() : List.of(),
        json.getInt("vocab_size", 30522),
        json.getInt("hidden_size", 768),
        json.getInt("num_hidden_layers", 12),
        json.getInt("num_attention_heads", 12),
        json.getInt("intermediate_size", 3072),
        json.getInt("visual_embedding_dim", 512),
        Activation.of(json.getString("hidden_act", "gelu")),
        json.getInt("max_position_embeddings", 512),
        json.getInt("type_vocab_size", 2),
        json.getDouble("layer_norm_eps", 1e-12),
        json.getBoolean("bypass_transformer", false),
        json.getBoolean("tie_word_embeddings", true),
        labels(json));
  }

  /** Returns the names of {@code id2label}, whose keys must be 0, 1, 2, … in any order. */
  private static List<String> labels(JsonObject json) {
    if (!json.has("id2label")) {
      int count = json.getInt("num_labels", DEFAULT_LABELS);
      requireSize("num_labels", count, 1, MAX_SIZE);
      return placeholderLabels(count);
    }
    JsonObject names = json.getObject("id2label");
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < names.keys().size(); i++) {
      String key = Integer.toString(i);
      if (!names.has(key)) {
        throw new IllegalArgumentException(
            "id2label has %d labels but none for %d".formatted(names.keys().size(), i));
      }
      labels.add(names.getString(key));
    }
    return labels;
  }

  /** Returns the names that transformers gives {@code count} classes when none were given. */
  public static List<String> placeholderLabels(int count) {
    return IntStream.range(0, count).mapToObj(VisualBertConfig::placeholderLabel).toList();
  }

  /** Returns the name that transformers gives a class when none was given. */
  public static String placeholderLabel(int index) {
    return "LABEL_" + index;
  }

  private static void requireProbability(JsonObject json, String key) {
    double probability = json.getDouble(key, 0.1);
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "%s is %s, expected a probability".formatted(key, probability));
    }
  }

  private static void requireSize(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d, expected %d to %d".formatted(key, value, least, most));
    }
  }
}
