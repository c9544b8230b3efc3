package io.github.visualbert.weights;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Turns the names that checkpoints give their tensors into those of Hugging Face's classes with a
 * head.
 *
 * <p>Known are: Hugging Face with and without the prefix {@code visual_bert.}; the authors' {@code
 * .th} files ({@code bert.bert.}, {@code bert.cls.}, {@code bert.classifier.}); MMF ({@code
 * model.bert.}, a classifier of two layers, whose first becomes {@code cls.transform.}); wrappers
 * of trainers ({@code module.}, {@code _orig_mod.}), wherever they stand; LayerNorm's {@code gamma}
 * and {@code beta} of the first BERT.
 *
 * <p>What a trainer's own class calls the model is found by the layer that only VisualBERT has, and
 * taken off all names that begin so: {@code visualbert.embeddings.} or {@code
 * net.visual_bert.embeddings.}. Immutable.
 */
final class ParameterNames {
  /**
   * Beginnings of names and what they become; the first that fits counts, so longer ones stand
   * first.
   */
  private static final String[][] PREFIXES = {
    {"bert.bert.", "visual_bert."},
    {"bert.cls.", "cls."},
    {"bert.classifier.", "cls."},
    {"bert.flickr_attention.", "attention."},
    {"model.visual_bert.", "visual_bert."},
    {"model.bert.", "visual_bert."},
    {"model.cls.", "cls."},
    {"model.attention.", "attention."},
    {"model.classifier.0.", "cls.transform."},
    {"model.classifier.1.", "cls."},
    {"model.classifier.", "cls."},
    {"classifier.0.", "cls.transform."},
    {"classifier.1.", "cls."},
    {"classifier.", "cls."},
    {"bert.", "visual_bert."},
    {"embeddings.", "visual_bert.embeddings."},
    {"encoder.", "visual_bert.encoder."},
    {"pooler.", "visual_bert.pooler."},
    {"additional_layer.", "visual_bert.additional_layer."},
  };

  private static final String[][] PARTS = {
    {".token_type_embeddings_visual.", ".visual_token_type_embeddings."},
    {".position_embeddings_visual.", ".visual_position_embeddings."},
    {".embeddings.projection.", ".embeddings.visual_projection."},
    {".LayerNorm.gamma", ".LayerNorm.weight"},
    {".LayerNorm.beta", ".LayerNorm.bias"},
  };

  /**
   * What surrounds a module for data parallelism, compilation, sharding or recomputation: a name
   * between two others.
   */
  private static final Set<String> WRAPPERS =
      Set.of("module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module");

  private static final String ENCODER = "visual_bert.";
  private static final String LANDMARK = "visual_bert.embeddings.visual_projection.weight";

  /** What all names of the model begin with, or empty. */
  private final String foreign;

  private final List<String> beginnings;

  private ParameterNames(Set<String> beginnings) {
    // Of two models, as of a teacher and its student, neither is the one.
    this.foreign = beginnings.size() == 1 ? beginnings.iterator().next() : "";
    this.beginnings = List.copyOf(beginnings);
  }

  /** Looks for a beginning that is no name of the model's. */
  static ParameterNames of(Set<String> stored) {
    Set<String> beginnings = new TreeSet<>();
    for (String name : stored) {
      String inner = withoutWrappers(name);
      if (inner.endsWith("projection.weight")) {
        int end = 0;
        while (end >= 0 && !known(inner.substring(end)).equals(LANDMARK)) {
          end = inner.indexOf('.', end) + 1;
          end = end == 0 ? -1 : end;
        }
        if (end >= 0) {
          beginnings.add(inner.substring(0, end));
        }
      }
    }
    return new ParameterNames(beginnings);
  }

  /** Returns what the names of each model in the file begin with. */
  List<String> beginnings() {
    return beginnings;
  }

  /**
   * Returns the name that Hugging Face's class with a head gives a tensor; a name of no known
   * origin comes back as it is.
   */
  String toHuggingFace(String stored) {
    String name = withoutWrappers(stored);
    if (name.startsWith(foreign)) {
      return known(name.substring(foreign.length()));
    }
    String mapped = known(name);
    return mapped.startsWith(ENCODER) ? name : mapped; // of another encoder beside ours
  }

  private static String withoutWrappers(String stored) {
    if (WRAPPERS.stream().noneMatch(stored::contains)) {
      return stored;
    }
    return Arrays.stream(stored.split("\\.", -1))
        .filter(part -> !WRAPPERS.contains(part))
        .collect(Collectors.joining("."));
  }

  private static String known(String stored) {
    String name = stored;
    for (String[] prefix : PREFIXES) {
      if (name.startsWith(prefix[0])) {
        name = prefix[1] + name.substring(prefix[0].length());
        break;
      }
    }
    for (String[] part : PARTS) {
      name = name.replace(part[0], part[1]);
    }
    return name;
  }

  /**
   * Returns whether a tensor is the range 0, 1, 2, ... that older versions of transformers stored
   * with the embeddings.
   */
  static boolean isPositionIds(String stored) {
    return stored.equals("position_ids") || stored.endsWith(".position_ids");
  }

  /**
   * Returns whether a tensor belongs to the image tower that the authors trained with the model for
   * VCR.
   */
  static boolean isDetector(String stored) {
    return stored.startsWith("detector.") || stored.contains(".detector.");
  }
}
