package io.github.visualbert.cli;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes a model for questions with the interface of the published ones (3129 answers, regions of
 * 2048 numbers, no preprocessor_config.json) and tiny layers.
 */
public final class TinyModel {
  public static final int ANSWERS = 3129;
  static final int REGION_NUMBERS = 2048;
  private static final int HIDDEN = 16;
  private static final int WORDS = 302;
  private static final int POSITIONS = 64;

  private final SafetensorsWriter weights = new SafetensorsWriter();
  private final Random random = new Random(1);
  private final DType dtype;

  private TinyModel(DType dtype) {
    this.dtype = dtype;
  }

  /** Writes a model folder. */
  public static Path write(Path folder, DType dtype) throws IOException {
    Files.createDirectories(folder);
    Cli.write(
        folder.resolve("config.json"),
        """
        {"architectures": ["VisualBertForQuestionAnswering"], "hidden_size": %d,
         "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": %d,
         "vocab_size": %d, "max_position_embeddings": %d, "visual_embedding_dim": %d,
         "num_labels": %d}
        """
            .formatted(HIDDEN, HIDDEN, WORDS, POSITIONS, REGION_NUMBERS, ANSWERS));
    Files.copy(Cli.DEMO.resolve("vqa/vocab.txt"), folder.resolve("vocab.txt"));
    TinyModel model = new TinyModel(dtype);
    model.addAll();
    model.weights.write(folder.resolve("model.safetensors"));
    return folder;
  }

  private void addAll() {
    String embeddings = "visual_bert.embeddings.";
    add(embeddings + "word_embeddings.weight", WORDS, HIDDEN);
    add(embeddings + "position_embeddings.weight", POSITIONS, HIDDEN);
    add(embeddings + "visual_position_embeddings.weight", POSITIONS, HIDDEN);
    add(embeddings + "token_type_embeddings.weight", 2, HIDDEN);
    add(embeddings + "visual_token_type_embeddings.weight", 2, HIDDEN);
    linear(embeddings + "visual_projection", HIDDEN, REGION_NUMBERS);
    layerNorm(embeddings + "LayerNorm");
    String layer = "visual_bert.encoder.layer.0.";
    for (String name : new String[] {"query", "key", "value"}) {
      linear(layer + "attention.self." + name, HIDDEN, HIDDEN);
    }
    linear(layer + "attention.output.dense", HIDDEN, HIDDEN);
    layerNorm(layer + "attention.output.LayerNorm");
    linear(layer + "intermediate.dense", HIDDEN, HIDDEN);
    linear(layer + "output.dense", HIDDEN, HIDDEN);
    layerNorm(layer + "output.LayerNorm");
    linear("visual_bert.pooler.dense", HIDDEN, HIDDEN); // only encode reads it
    linear("cls", ANSWERS, HIDDEN);
  }

  private void linear(String name, int out, int in) {
    add(name + ".weight", out, in);
    add(name + ".bias", out);
  }

  private void layerNorm(String name) {
    add(name + ".weight", HIDDEN);
    add(name + ".bias", HIDDEN);
  }

  private void add(String name, long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    double[] numbers = random.doubles(count, -0.1, 0.1).toArray();
    MemorySegment data =
        switch (dtype) {
          case F64 -> MemorySegment.ofArray(numbers);
          case F32 -> {
            float[] floats = new float[numbers.length];
            for (int i = 0; i < floats.length; i++) {
              floats[i] = (float) numbers[i];
            }
            yield MemorySegment.ofArray(floats);
          }
          default -> throw new IllegalArgumentException(dtype.toString());
        };
    weights.add(name, dtype, shape, () -> data);
  }
}
