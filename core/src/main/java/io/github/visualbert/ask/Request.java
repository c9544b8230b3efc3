package io.github.visualbert.ask;

import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.PhraseGrounding.Phrase;
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
 */
public record Request(
    JsonValue id,
    String text,
    List<String> choices,
    List<Phrase> phrases,
    List<VisualFeatures> pictures) {
  public VisualFeatures picture() {
    return pictures.getFirst();
  }
}
