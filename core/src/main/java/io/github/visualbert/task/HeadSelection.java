package io.github.visualbert.task;

/**
 * Which attention heads of a model are looked at: all, those of a layer, one of each layer, or one.
 *
 * <p>Layers and heads are counted from 0, as in {@code attentions.N} of transformers.
 *
 * @param layer a layer, or {@link #EVERY}
 * @param head a head of a layer, or {@link #EVERY}
 */
public record HeadSelection(int layer, int head) {
  /** Stands for every layer, or every head. */
  public static final int EVERY = -1;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException when one is negative, and not {@link #EVERY}
   */
  public HeadSelection {
    if (layer < EVERY || head < EVERY) {
      throw new IllegalArgumentException(
          "layer %d and head %d, expected numbers from 0".formatted(layer, head));
    }
  }

  /** Returns every head of every layer. */
  public static HeadSelection all() {
    return new HeadSelection(EVERY, EVERY);
  }

  /** Returns one head of one layer. */
  public static HeadSelection of(int layer, int head) {
    return new HeadSelection(layer, head);
  }

  /** Returns every head of one layer. */
  public static HeadSelection ofLayer(int layer) {
    return new HeadSelection(layer, EVERY);
  }

  /** Returns whether a head is among them. */
  public boolean contains(int ofLayer, int ofHead) {
    return (layer == EVERY || layer == ofLayer) && (head == EVERY || head == ofHead);
  }

  /**
   * Checks that a model has these heads.
   *
   * @throws IllegalArgumentException naming what it has
   */
  void requireWithin(int layers, int heads) {
    if (layer >= layers || head >= heads) {
      throw new IllegalArgumentException(
          "%s, the model has %s"
              .formatted(
                  layer >= layers ? "layer " + layer : "head " + head,
                  layer >= layers
                      ? "layers 0 to " + (layers - 1)
                      : "heads 0 to " + (heads - 1) + " in each layer"));
    }
  }
}
