package io.github.visualbert.model;

import io.github.visualbert.tensor.Tensor;
import java.util.Arrays;

/**
 * One sequence: the tokens of a text, and the regions of a picture behind them.
 *
 * <p>Absent parts are null and take the defaults of transformers. Arrays and tensors are not copied
 * and must not change while a forward pass runs.
 *
 * @param inputIds (text) vocabulary ids; null when {@code inputsEmbeds} is given
 * @param inputsEmbeds (text, hidden) word embeddings in place of ids, or null
 * @param tokenTypeIds (text); null for 0
 * @param positionIds (text); null for 0, 1, 2, …
 * @param textMask (text) which tokens may be attended to; null for all
 * @param visualEmbeds (regions, visual embedding dim) region features; null for a text alone
 * @param visualTokenTypeIds (regions); null for 1, the default of transformers (the authors' code
 *     uses 0)
 * @param visualMask (regions) which regions may be attended to; null for all
 * @param imageTextAlignment (at least regions, any) text positions each region speaks of, -1 for
 *     none; null for no alignment
 */
public record Sequence(
    int[] inputIds,
    Tensor inputsEmbeds,
    int[] tokenTypeIds,
    int[] positionIds,
    boolean[] textMask,
    Tensor visualEmbeds,
    int[] visualTokenTypeIds,
    boolean[] visualMask,
    int[][] imageTextAlignment) {

  /** Token type of regions when none is given, as in transformers. */
  public static final int DEFAULT_VISUAL_TOKEN_TYPE = 1;

  /**
   * Checks that the parts fit together.
   *
   * @throws IllegalArgumentException naming the part, its length and the expected one
   */
  public Sequence {
    if (inputIds != null && inputsEmbeds != null) {
      throw new InvalidArgumentException(
          "both input_ids and inputs_embeds are given; expected one");
    }
    if (inputIds == null && inputsEmbeds == null) {
      throw new InvalidArgumentException(
          "neither input_ids nor inputs_embeds is given; expected one");
    }
    int text = inputIds != null ? inputIds.length : Math.toIntExact(inputsEmbeds.size(0));
    if (text == 0) {
      throw new InvalidArgumentException("the text has no tokens; expected at least one");
    }
    requireLength("token_type_ids", tokenTypeIds == null ? text : tokenTypeIds.length, text);
    requireLength("position_ids", positionIds == null ? text : positionIds.length, text);
    requireLength("attention_mask", textMask == null ? text : textMask.length, text);
    if (visualEmbeds != null) {
      int regions = Math.toIntExact(visualEmbeds.size(0));
      requireLength(
          "visual_token_type_ids",
          visualTokenTypeIds == null ? regions : visualTokenTypeIds.length,
          regions);
      requireLength(
          "visual_attention_mask", visualMask == null ? regions : visualMask.length, regions);
      if (imageTextAlignment != null && imageTextAlignment.length < regions) {
        throw new InvalidArgumentException(
            "image_text_alignment covers %d regions, visual_embeds has %d"
                .formatted(imageTextAlignment.length, regions));
      }
    }
  }

  /** Returns a text with regions, everything else at its default. */
  public static Sequence of(int[] inputIds, Tensor visualEmbeds) {
    return new Sequence(inputIds, null, null, null, null, visualEmbeds, null, null, null);
  }

  /**
   * Returns the same sequence with other token types of text and regions; null for the defaults.
   */
  public Sequence withTypes(int[] newTokenTypeIds, int[] newVisualTokenTypeIds) {
    return new Sequence(
        inputIds,
        inputsEmbeds,
        newTokenTypeIds,
        positionIds,
        textMask,
        visualEmbeds,
        newVisualTokenTypeIds,
        visualMask,
        imageTextAlignment);
  }

  /** Returns the same sequence with an alignment of its regions; null for none. */
  public Sequence withAlignment(int[][] newImageTextAlignment) {
    return new Sequence(
        inputIds,
        inputsEmbeds,
        tokenTypeIds,
        positionIds,
        textMask,
        visualEmbeds,
        visualTokenTypeIds,
        visualMask,
        newImageTextAlignment);
  }

  /** Returns the number of text tokens. */
  public int textLength() {
    return inputIds != null ? inputIds.length : (int) inputsEmbeds.size(0);
  }

  /** Returns the number of regions, 0 for a text alone. */
  public int regions() {
    return visualEmbeds == null ? 0 : (int) visualEmbeds.size(0);
  }

  /** Returns the number of rows: text tokens, then regions. */
  public int length() {
    return textLength() + regions();
  }

  /**
   * Returns whether some rows are masked, or could be.
   *
   * @param regions whether to ask for the regions too, or for the text alone
   */
  boolean masks(boolean regions) {
    return textMask != null || regions && visualMask != null && visualEmbeds != null;
  }

  /**
   * Sets which rows may be attended to.
   *
   * @param mask an entry for every row, or for those of the text
   */
  void fillMask(boolean[] mask) {
    Arrays.fill(mask, true);
    if (textMask != null) {
      System.arraycopy(textMask, 0, mask, 0, textMask.length);
    }
    if (visualMask != null && mask.length > textLength()) {
      System.arraycopy(visualMask, 0, mask, textLength(), visualMask.length);
    }
  }

  private static void requireLength(String name, int actual, int expected) {
    if (actual != expected) {
      throw new InvalidArgumentException(
          "%s has %d entries, expected %d".formatted(name, actual, expected));
    }
  }
}
