package io.github.visualbert.ask;

import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.PhraseGrounding.Phrase;
import io.github.visualbert.vision.VisualFeatures;
import java.util.List;

/**
 * What a task is asked once.
 *
 * @param id handed back with the answers
 * @param text the question, statement, caption or sentence
 * @param choices the answers to choose from; empty for other tasks than {@code vcr}
 * @param phrases where the phrases to find stand in the text; empty for other tasks than {@code
 *     flickr}
 * @param pictures as many as the task looks at; requests about one picture share the object
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
