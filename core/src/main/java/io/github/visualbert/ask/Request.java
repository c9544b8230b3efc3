package io.github.visualbert.ask;

import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.PhraseGrounding.Phrase;
import io.github.visualbert.task.TaggedQuestion;
import io.github.visualbert.vision.VisualFeatures;
import java.util.List;

/**
 * A request to a task: a text about one or more pictures.
 *
 * @param id returned with the reply
 * @param text the question, statement, caption or sentence
 * @param choices the answers to choose from; empty for other tasks than {@code vcr}
 * @param phrases the positions in the text of the phrases to find; empty for other tasks than
 *     {@code flickr}
 * @param pictures as many as the task takes; requests about the same picture share one object
 * @param tagged the question itself where its words name regions, as those of VCR do; else null
 */
public record Request(
    JsonValue id,
    String text,
    List<String> choices,
    List<Phrase> phrases,
    List<VisualFeatures> pictures,
    TaggedQuestion tagged) {
  /** Makes a request in plain words. */
  public Request(
      JsonValue id,
      String text,
      List<String> choices,
      List<Phrase> phrases,
      List<VisualFeatures> pictures) {
    this(id, text, choices, phrases, pictures, null);
  }

  /** Returns the request of a question whose words name regions. */
  static Request of(JsonValue id, TaggedQuestion tagged) {
    return new Request(
        id, tagged.text(), tagged.choices(), List.of(), List.of(tagged.picture()), tagged);
  }

  /** Returns how many sequences the model reads for it. */
  public int sequences() {
    return Math.max(1, choices.size());
  }

  /** Returns how many numbers its pictures hold. */
  public long numbers() {
    long numbers = 0;
    for (VisualFeatures picture : pictures) {
      numbers += (long) picture.regions() * picture.dim();
    }
    return numbers * sequences();
  }

  public VisualFeatures picture() {
    return pictures.getFirst();
  }
}
