package io.github.visualbert.task;

import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.text.Tokens;
import java.util.List;

/**
 * A question as the authors' checkpoints read it: {@code [CLS] question ? [MASK] [SEP]}, of which
 * only the question is cut when it does not fit.
 *
 * @param words the tokens of the cleaned question that are read
 * @param frame the tokens around them, of which the first stands before them
 */
record QuestionPrompt(int[] ids, Tokens words, List<String> frame, boolean truncated) {

  static QuestionPrompt of(TaskModel model, String question) {
    TaskModel.requireText("question", question);
    Encoding frame = model.tokenizer().encode("? [MASK]");
    int[] around = frame.ids();
    Tokens words = model.tokenizer().tokenize(QuestionAnswering.clean(question));
    int kept = Math.min(words.size(), model.maxTextLength() - around.length);
    int[] ids = new int[kept + around.length];
    ids[0] = around[0];
    for (int i = 0; i < kept; i++) {
      ids[i + 1] = words.id(i);
    }
    System.arraycopy(around, 1, ids, kept + 1, around.length - 1);
    return new QuestionPrompt(ids, words.first(kept), frame.tokens(), kept < words.size());
  }
}
