package io.github.visualbert.cli;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes models with the interface of the published ones (for questions: 3129 answers, regions of
 * 2048 numbers; no preprocessor_config.json) and tiny layers.
 */
public final class TinyModel {
  public static final int ANSWERS = 3129;
  public static final int REGION_NUMBERS = 2048;
  private static final int HIDDEN = 16;
  private static final int HEADS = 2;
  private static final int WORDS = 302;
  private static final int POSITIONS = 64;

  private final SafetensorsWriter weights = new SafetensorsWriter();
  private final Random random = new Random(1);
  private final DType dtype;

  private final int layers;
  private final int hidden;

  private TinyModel(DType dtype, int layers, int hidden) {
    this.dtype = dtype;
    this.layers = layers;
    this.hidden = hidden;
  }

  /** Writes the folder of a model for questions. */
  public static Path write(Path folder, DType dtype) throws IOException {
    return new TinyModel(dtype, 1, HIDDEN)
        .write(folder, HeadType.QUESTION_ANSWERING, HEADS, REGION_NUMBERS);
  }

  /** Writes the folder of a model that reads regions of some numbers. */
  public static Path write(Path folder, HeadType head, int columns) throws IOException {
    return new TinyModel(DType.F32, 1, HIDDEN).write(folder, head, HEADS, columns);
  }

  /** Writes a model folder of as many layers and heads, which are two numbers wide. */
  public static Path writeDeep(Path folder, int layers, int heads) throws IOException {
    return new TinyModel(DType.F32, layers, 2 * heads)
        .write(folder, HeadType.QUESTION_ANSWERING, heads, REGION_NUMBERS);
  }

  private Path write(Path folder, HeadType head, int heads, int columns) throws IOException {
    Files.createDirectories(folder);
    Cli.write(
        folder.resolve("config.json"),
        """
        {"architectures": ["%s"], "hidden_size": %d,
         "num_hidden_layers": %d, "num_attention_heads": %d, "intermediate_size": %d,
         "vocab_size": %d, "max_position_embeddings": %d, "visual_embedding_dim": %d,
         "num_labels": %d}
        """
            .formatted(
                head.className(),
                hidden,
                layers,
                heads,
                hidden,
                WORDS,
                POSITIONS,
                columns,
                head == HeadType.QUESTION_ANSWERING ? ANSWERS : 2));
    Files.copy(Cli.DEMO.resolve("vqa/vocab.txt"), folder.resolve("vocab.txt"));
    addAll(columns);
    addHead(head, heads);
    weights.write(folder.resolve("model.safetensors"));
    return folder;
  }

  private void addAll(int columns) {
    String embeddings = "visual_bert.embeddings.";
    add(embeddings + "word_embeddings.weight", WORDS, hidden);
    add(embeddings + "position_embeddings.weight", POSITIONS, hidden);
    add(embeddings + "visual_position_embeddings.weight", POSITIONS, hidden);
    add(embeddings + "token_type_embeddings.weight", 2, hidden);
    add(embeddings + "visual_token_type_embeddings.weight", 2, hidden);
    linear(embeddings + "visual_projection", hidden, columns);
    layerNorm(embeddings + "LayerNorm");
    for (int i = 0; i < layers; i++) {
      addLayer("visual_bert.encoder.layer." + i + ".");
    }
    linear("visual_bert.pooler.dense", hidden, hidden);
  }

  private void addHead(HeadType head, int heads) {
    switch (head) {
      case QUESTION_ANSWERING -> linear("cls", ANSWERS, hidden);
      case VISUAL_REASONING -> linear("cls", 2, hidden);
      case MULTIPLE_CHOICE -> linear("cls", 1, hidden);
      case REGION_TO_PHRASE -> {
        for (String name : new String[] {"query", "key", "value"}) {
          linear("attention." + name, hidden / heads, hidden);
        }
      }
      case PRE_TRAINING -> {
        linear("cls.predictions.transform.dense", hidden, hidden);
        layerNorm("cls.predictions.transform.LayerNorm");
        add("cls.predictions.bias", WORDS);
        linear("cls.seq_relationship", 2, hidden);
      }
      case BASE -> {}
    }
  }

  private void addLayer(String layer) {
    for (String name : new String[] {"query", "key", "value"}) {
      linear(layer + "attention.self." + name, hidden, hidden);
    }
    linear(layer + "attention.output.dense", hidden, hidden);
    layerNorm(layer + "attention.output.LayerNorm");
    linear(layer + "intermediate.dense", hidden, hidden);
    linear(layer + "output.dense", hidden, hidden);
    layerNorm(layer + "output.LayerNorm");
  }

  private void linear(String name, int out, int in) {
    add(name + ".weight", out, in);
    add(name + ".bias", out);
  }

  private void layerNorm(String name) {
    add(name + ".weight", hidden);
    add(name + ".bias", hidden);
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
