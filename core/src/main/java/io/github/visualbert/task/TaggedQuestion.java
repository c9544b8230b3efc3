package io.github.visualbert.task;

import io.github.visualbert.vision.VisualFeatures;
import java.util.List;

/**
 * A question of VCR about a picture, with the choices, in which names stand for regions of the
 * picture. The model is told which: {@code image_text_alignment}. Made by {@link VcrItem}.
 *
 * <p>Immutable and thread-safe.
 */
public final class TaggedQuestion implements MultipleChoice.Item {
  private final NamedText question;
  private final List<NamedText> namedChoices;
  private final List<String> choices;
  private final int[] regions;
  private final VisualFeatures picture;

  TaggedQuestion(
      NamedText question, List<NamedText> choices, int[] regions, VisualFeatures picture) {
    if (picture.regions() != regions.length + 1) {
      throw new IllegalArgumentException(
          "%s: %d rows, expected one of the whole picture and %d of its objects"
              .formatted(picture.source(), picture.regions(), regions.length));
    }
    this.question = question;
    this.namedChoices = List.copyOf(choices);
    this.choices = choices.stream().map(NamedText::text).toList();
    this.regions = regions;
    this.picture = picture;
  }

  /** Returns the question in words, with the names of the objects. */
  @Override
  public String text() {
    return question.text();
  }

  /** Returns the choices in words, with the names of the objects. */
  @Override
  public List<String> choices() {
    return choices;
  }

  @Override
  public VisualFeatures picture() {
    return picture;
  }

  NamedText named() {
    return question;
  }

  NamedText namedChoice(int index) {
    return namedChoices.get(index);
  }

  /** Returns the row of the picture that shows an object, or -1 when none does. */
  int row(int object) {
    for (int i = 0; i < regions.length; i++) {
      if (regions[i] == object) {
        return i + 1;
      }
    }
    return -1;
  }
}
