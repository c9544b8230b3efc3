package io.github.visualbert.cli;

import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.vision.VisualFeatures;
import java.util.List;

/**
 * What a task is asked once.
 *
 * @param id handed back with the answers
 * @param text the question, statement, caption or sentence
 * @param parts the choices or phrases that go with it; empty for other tasks
 * @param pictures as many as the task looks at; requests about one picture share the object
 */
record Request(JsonValue id, String text, List<String> parts, List<VisualFeatures> pictures) {
  VisualFeatures picture() {
    return pictures.getFirst();
  }
}
