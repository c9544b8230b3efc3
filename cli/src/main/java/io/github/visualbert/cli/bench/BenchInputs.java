package io.github.visualbert.cli.bench;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.forward.ForwardInputs;
import io.github.visualbert.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Random sequences of a given size to measure a model with, without masks or shared pictures. */
final class BenchInputs {
  /** Phrases that a grounding head looks for in each sequence. */
  static final long PHRASES = 1;

  private static final int SEED = 1;

  /** Ordinary words of the vocabulary of {@code bert-base-uncased}. */
  private static final int FIRST_WORD = 1000;

  private static final int END_OF_WORDS = 30_000;

  private BenchInputs() {}

  /**
   * Makes the arguments of a forward pass; a head that takes choices gets one for each sequence.
   */
  static ForwardInputs of(
      VisualBertConfig config, HeadType head, int batch, int text, int regions) {
    long[] shape = head == HeadType.MULTIPLE_CHOICE ? new long[] {batch, 1} : new long[] {batch};
    Random random = new Random(SEED);
    boolean large = config.vocabSize() >= END_OF_WORDS;
    long[] ids = new long[batch * text];
    for (int i = 0; i < ids.length; i++) {
      ids[i] =
          large ? random.nextInt(FIRST_WORD, END_OF_WORDS) : random.nextInt(config.vocabSize());
    }
    Map<String, Tensor> arguments = new LinkedHashMap<>();
    arguments.put("input_ids", Tensor.of(ids, append(shape, text)));
    arguments.put("attention_mask", filled(1, append(shape, text)));
    arguments.put("token_type_ids", filled(0, append(shape, text)));
    if (regions > 0) {
      float[] features =
          new float[Math.multiplyExact(batch * regions, config.visualEmbeddingDim())];
      for (int i = 0; i < features.length; i++) {
        features[i] = random.nextFloat();
      }
      arguments.put(
          "visual_embeds",
          Tensor.of(features, append(append(shape, regions), config.visualEmbeddingDim())));
      arguments.put("visual_attention_mask", filled(1, append(shape, regions)));
      arguments.put(
          "visual_token_type_ids",
          filled(Math.min(1, config.typeVocabSize() - 1), append(shape, regions)));
    }
    if (head == HeadType.REGION_TO_PHRASE) {
      arguments.put("region_to_phrase_position", filled(text - 1, append(shape, (int) PHRASES)));
    }
    return new ForwardInputs(arguments);
  }

  private static Tensor filled(long value, long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    long[] values = new long[Math.toIntExact(count)];
    Arrays.fill(values, value);
    return Tensor.of(values, shape);
  }

  private static long[] append(long[] shape, int size) {
    long[] longer = Arrays.copyOf(shape, shape.length + 1);
    longer[shape.length] = size;
    return longer;
  }
}
