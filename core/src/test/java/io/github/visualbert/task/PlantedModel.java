package io.github.visualbert.task;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a model of which one head, {@link #LAYER} and {@link #HEAD}, points from each noun to the
 * region that shows it, by its weights: word and region have the same embedding, which this head
 * compares and all others ignore. Layers change nothing else.
 */
public final class PlantedModel {
  public static final List<String> NOUNS = List.of("cat", "dog", "sofa", "lamp", "tree", "car");
  public static final int LAYERS = 3;
  public static final int HEADS = 2;
  public static final int LAYER = 2;
  public static final int HEAD = 1;

  private static final int HEAD_SIZE = 8;
  private static final int HIDDEN = HEADS * HEAD_SIZE;
  private static final List<String> WORDS =
      List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "on", "the", "##s", ".");

  private final SafetensorsWriter weights = new SafetensorsWriter();

  private PlantedModel() {}

  /** Writes the model folder. */
  public static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    int vocabulary = WORDS.size() + NOUNS.size();
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architectures": ["VisualBertModel"], "hidden_size": %d, "num_hidden_layers": %d,
         "num_attention_heads": %d, "intermediate_size": 4, "vocab_size": %d,
         "max_position_embeddings": 32, "visual_embedding_dim": %d}
        """
            .formatted(HIDDEN, LAYERS, HEADS, vocabulary, NOUNS.size()));
    Files.writeString(
        folder.resolve("vocab.txt"),
        String.join("\n", WORDS) + "\n" + String.join("\n", NOUNS) + "\n");
    PlantedModel model = new PlantedModel();
    model.addAll(vocabulary);
    model.weights.write(folder.resolve("model.safetensors"));
    return folder;
  }

  /** Returns a picture whose region {@code i} shows the noun {@code nouns[i]}. */
  public static VisualFeatures picture(int... nouns) {
    float[] values = new float[nouns.length * NOUNS.size()];
    for (int i = 0; i < nouns.length; i++) {
      values[i * NOUNS.size() + nouns[i]] = 1;
    }
    return VisualFeatures.of("planted", values, nouns.length, NOUNS.size());
  }

  private void addAll(int vocabulary) {
    String embeddings = "visual_bert.embeddings.";
    float[][] words = new float[vocabulary][HIDDEN];
    float[][] regions = new float[HIDDEN][NOUNS.size()];
    for (int noun = 0; noun < NOUNS.size(); noun++) {
      words[WORDS.size() + noun][noun] = 1;
      regions[noun][noun] = 1;
    }
    add(embeddings + "word_embeddings.weight", words);
    add(embeddings + "position_embeddings.weight", new float[32][HIDDEN]);
    add(embeddings + "visual_position_embeddings.weight", new float[32][HIDDEN]);
    add(embeddings + "token_type_embeddings.weight", new float[2][HIDDEN]);
    add(embeddings + "visual_token_type_embeddings.weight", new float[2][HIDDEN]);
    linear(embeddings + "visual_projection", regions);
    layerNorm(embeddings + "LayerNorm");
    for (int layer = 0; layer < LAYERS; layer++) {
      String name = "visual_bert.encoder.layer." + layer + ".";
      float[][] compared = new float[HIDDEN][HIDDEN];
      for (int i = 0; layer == LAYER && i < HEAD_SIZE; i++) {
        compared[HEAD * HEAD_SIZE + i][i] = 1;
      }
      linear(name + "attention.self.query", compared);
      linear(name + "attention.self.key", compared);
      linear(name + "attention.self.value", new float[HIDDEN][HIDDEN]);
      linear(name + "attention.output.dense", new float[HIDDEN][HIDDEN]);
      layerNorm(name + "attention.output.LayerNorm");
      linear(name + "intermediate.dense", new float[4][HIDDEN]);
      linear(name + "output.dense", new float[HIDDEN][4]);
      layerNorm(name + "output.LayerNorm");
    }
    linear("visual_bert.pooler.dense", new float[HIDDEN][HIDDEN]);
  }

  private void linear(String name, float[][] weight) {
    add(name + ".weight", weight);
    add(name + ".bias", new float[weight.length]);
  }

  private void layerNorm(String name) {
    float[] ones = new float[HIDDEN];
    Arrays.fill(ones, 1);
    add(name + ".weight", ones);
    add(name + ".bias", new float[HIDDEN]);
  }

  private void add(String name, float[][] matrix) {
    float[] values = new float[matrix.length * matrix[0].length];
    for (int row = 0; row < matrix.length; row++) {
      System.arraycopy(matrix[row], 0, values, row * matrix[0].length, matrix[0].length);
    }
    add(name, values, matrix.length, matrix[0].length);
  }

  private void add(String name, float[] values) {
    add(name, values, values.length);
  }

  private void add(String name, float[] values, long... shape) {
    weights.add(name, DType.F32, shape, () -> MemorySegment.ofArray(values));
  }
}
