package io.github.visualbert.internal.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model folder and its files by what they are. A path is returned whether the file is there or
 * not, an {@link Optional} only where it is.
 */
public record ModelFolder(Path path) {
  /** The name of the file of sizes and switches. */
  public static final String CONFIG = "config.json";

  /** The name of the vocabulary. */
  public static final String VOCABULARY = "vocab.txt";

  /** The name of the tokenizer with its vocabulary, which goes before the vocabulary. */
  public static final String TOKENIZER = "tokenizer.json";

  /** The name of the tokenizer's configuration. */
  public static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  /** The name of the file of special tokens, of older versions. */
  public static final String SPECIAL_TOKENS_MAP = "special_tokens_map.json";

  /** The name of the file of tokens beside the vocabulary, of older versions. */
  public static final String ADDED_TOKENS = "added_tokens.json";

  /** All files that make the tokenizer. */
  public static final List<String> OF_THE_TOKENIZER =
      List.of(TOKENIZER, VOCABULARY, TOKENIZER_CONFIG, SPECIAL_TOKENS_MAP, ADDED_TOKENS);

  /** The name of the file that says how pictures become regions, and which conventions hold. */
  public static final String PREPROCESSOR_CONFIG = "preprocessor_config.json";

  /** The names of a file of labels; the first that is there is read. */
  public static final List<String> LABELS = List.of("labels.txt", "labels.json");

  /** The names of a detector's configuration as they are published. */
  public static final List<String> DETECTOR_CONFIGS =
      List.of("config.yaml", "detectron_model.yaml");

  /** The names of the files of a detector's classes and attributes. */
  public static final List<String> DETECTOR_LABELS =
      List.of("objects_vocab.txt", "attributes_vocab.txt", "visual_genome_categories.json");

  /** Endings of the authors' checkpoints, and of the detectors as they were published. */
  public static final List<String> ORIGINALS = List.of(".th", ".pth", ".pkl");

  /** What the name of an index ends in, which spreads the weights over several files. */
  public static final String INDEX_ENDING = ".index.json";

  /** The names of the weights or their index; the first that is there is read. */
  public static final List<String> WEIGHTS =
      List.of(
          "model.safetensors",
          "model.safetensors" + INDEX_ENDING,
          "pytorch_model.bin",
          "pytorch_model.bin" + INDEX_ENDING);

  /** Returns {@code config.json}. */
  public Path config() {
    return path.resolve(CONFIG);
  }

  /** Returns {@code vocab.txt}. */
  public Path vocabulary() {
    return path.resolve(VOCABULARY);
  }

  /** Returns {@code tokenizer.json}. */
  public Path tokenizer() {
    return path.resolve(TOKENIZER);
  }

  /** Returns {@code special_tokens_map.json}. */
  public Path specialTokensMap() {
    return path.resolve(SPECIAL_TOKENS_MAP);
  }

  /** Returns {@code added_tokens.json}. */
  public Path addedTokens() {
    return path.resolve(ADDED_TOKENS);
  }

  /** Returns {@code tokenizer_config.json}. */
  public Path tokenizerConfig() {
    return path.resolve(TOKENIZER_CONFIG);
  }

  /** Returns {@code preprocessor_config.json}. */
  public Path preprocessorConfig() {
    return path.resolve(PREPROCESSOR_CONFIG);
  }

  /** Returns the file of labels. */
  public Optional<Path> labels() {
    return first(LABELS);
  }

  /** Returns the weights or their index, unless they have a name of their own. */
  public Optional<Path> weights() {
    return first(WEIGHTS);
  }

  /** Returns the names of all files that are read besides the weights. */
  public static List<String> besideWeights() {
    List<String> names = new ArrayList<>(List.of(CONFIG));
    names.addAll(OF_THE_TOKENIZER);
    names.add(PREPROCESSOR_CONFIG);
    names.addAll(LABELS);
    names.addAll(DETECTOR_CONFIGS);
    names.addAll(DETECTOR_LABELS);
    return List.copyOf(names);
  }

  private Optional<Path> first(List<String> names) {
    return names.stream().map(path::resolve).filter(Files::exists).findFirst();
  }
}
