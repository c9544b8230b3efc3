package io.github.visualbert.weights;

/**
 * Turns the names that checkpoints give their tensors into those of Hugging Face's classes with a
 * head.
 *
 * <p>Known are: Hugging Face with and without the prefix {@code visual_bert.}; the authors' {@code
 * .th} files ({@code bert.bert.}, {@code bert.cls.}, {@code bert.classifier.}); MMF ({@code
 * model.bert.}, a classifier of two layers, whose first becomes {@code cls.transform.}); wrappers
 * of trainers ({@code module.}, {@code _orig_mod.}); LayerNorm's {@code gamma} and {@code beta} of
 * the first BERT.
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

  private ParameterNames() {}

  /**
   * Returns the name that Hugging Face's class with a head gives a tensor; a name of no known
   * origin comes back as it is.
   */
  static String toHuggingFace(String stored) {
    String name = stored;
    while (name.startsWith("module.") || name.startsWith("_orig_mod.")) {
      name = name.substring(name.indexOf('.') + 1);
    }
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
