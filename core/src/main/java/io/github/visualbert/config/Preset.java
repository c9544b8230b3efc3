package io.github.visualbert.config;

import java.util.Arrays;
import java.util.List;

/**
 * The conventions that a checkpoint was trained with. The authors' code and the documentation of
 * transformers disagree, and a checkpoint answers well only under its own.
 */
public enum Preset {
  /**
   * The authors' code, for the published checkpoints: regions have token type 0; a question is
   * cleaned as Pythia does and ends in {@code ? [MASK]}, where the answer is read; {@code <unk>} is
   * never an answer; class 1 of the sentence-image head means that they match.
   */
  AUTHORS("authors", 0, true, true, 1),

  /**
   * The documentation of transformers: regions have token type 1; a question is taken as it is, and
   * the answer is read at its last token; class 0 of the sentence-image head means that they match.
   */
  HF("hf", 1, false, false, 0);

  private final String presetName;
  private final int visualTokenType;
  private final boolean masksAnswer;
  private final boolean excludesUnknown;
  private final int matchClass;

  Preset(
      String presetName,
      int visualTokenType,
      boolean masksAnswer,
      boolean excludesUnknown,
      int matchClass) {
    this.presetName = presetName;
    this.visualTokenType = visualTokenType;
    this.masksAnswer = masksAnswer;
    this.excludesUnknown = excludesUnknown;
    this.matchClass = matchClass;
  }

  /** Returns the name that selects the preset: {@code authors} or {@code hf}. */
  public String presetName() {
    return presetName;
  }

  /** Returns the token type of the regions of a single picture. */
  public int visualTokenType() {
    return visualTokenType;
  }

  /** Returns whether questions are cleaned and end in {@code ? [MASK]}. */
  public boolean masksAnswer() {
    return masksAnswer;
  }

  /** Returns whether {@code <unk>} is kept out of the answers. */
  public boolean excludesUnknown() {
    return excludesUnknown;
  }

  /** Returns the class that means "sentence and picture match", unless the labels name one. */
  public int matchClass() {
    return matchClass;
  }

  /** Returns the names of all presets. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Preset::presetName).toList();
  }

  /**
   * Returns the preset of a name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Preset of(String name) {
    return Arrays.stream(values())
        .filter(preset -> preset.presetName.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "preset is %s, expected one of %s".formatted(name, names())));
  }
}
