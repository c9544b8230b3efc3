package io.github.visualbert.ask;

import io.github.visualbert.VisualBert;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.task.Answer;

/**
 * Whether a model's answers have names, or only placeholders like {@code LABEL_7}.
 *
 * @param missing whether no answer has a name
 */
public record AnswerNames(boolean missing) {
  public static AnswerNames of(TaskName task, VisualBert model) {
    boolean shown = // two unnamed classes of nlvr2 are the authors' truth values
        task == TaskName.VQA || task == TaskName.NLVR2 && model.labels().size() != 2;
    boolean named =
        !model.config().hasPlaceholderLabels() || !model.labels().equals(model.config().labels());
    return new AnswerNames(shown && !named);
  }

  /** Returns whether an answer has a placeholder for its name. */
  public boolean isPlaceholder(Answer answer) {
    return missing && answer.label().equals(VisualBertConfig.placeholderLabel(answer.index()));
  }
}
