package io.github.visualbert.task;

import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.model.QuestionAnsweringHead;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.model.VisualReasoningHead;
import io.github.visualbert.task.AttentionGrounding.Input;
import io.github.visualbert.task.AttentionRows.Source;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.vision.VisualFeatures;
import java.util.List;

/**
 * A text and its pictures as the task of a model's head feeds them, and what its rows stand for.
 */
record AttentionReading(Sequence sequence, AttentionRows rows) {

  static AttentionReading of(TaskModel model, Input input) {
    boolean asksQuestion = model.head() instanceof QuestionAnsweringHead;
    if (model.head() instanceof VisualReasoningHead && input.pictures().size() != 2) {
      throw new IllegalArgumentException("one picture, expected two: the model compares pictures");
    }
    if (asksQuestion && input.pair() != null) {
      throw new IllegalArgumentException(
          "a pair of texts, expected one: the model answers questions");
    }
    if (asksQuestion && model.preset().masksAnswer()) {
      QuestionPrompt prompt = QuestionPrompt.of(model, input.text());
      return new AttentionReading(
          sequence(model, prompt.ids(), null, input.pictures()),
          rows(words(prompt, input.text()), input.pictures(), prompt.truncated()));
    }
    if (input.pair() != null) {
      TaskModel.requireText("second text", input.pair());
    }
    Encoding encoding = model.encode("text", input.text(), input.pair());
    int[] types = input.pair() == null ? null : encoding.tokenTypeIds();
    return new AttentionReading(
        sequence(model, encoding.ids(), types, input.pictures()),
        rows(words(encoding, input), input.pictures(), encoding.truncated()));
  }

  private static Sequence sequence(
      TaskModel model, int[] ids, int[] types, List<VisualFeatures> pictures) {
    return pictures.size() == 1
        ? model.sequence(ids, types, pictures.getFirst())
        : VisualReasoning.sequence(model, ids, types, pictures.getFirst(), pictures.getLast());
  }

  private static AttentionRows rows(
      List<AttentionRows.Word> words, List<VisualFeatures> pictures, boolean truncated) {
    return new AttentionRows(
        words, pictures.stream().map(VisualFeatures::regions).toList(), truncated);
  }

  private static List<AttentionRows.Word> words(Encoding encoding, Input input) {
    WordList words = new WordList();
    List<String> tokens = encoding.tokens();
    words.added(tokens.getFirst());
    words.addAll(encoding.first(), input.text(), Source.TEXT, index -> index);
    words.added(tokens.get(encoding.secondStart() - 1));
    if (input.pair() != null) {
      words.addAll(encoding.second(), input.pair(), Source.PAIR, index -> index);
      words.added(tokens.getLast());
    }
    return words.toList();
  }

  private static List<AttentionRows.Word> words(QuestionPrompt prompt, String question) {
    WordList words = new WordList();
    words.added(prompt.frame().getFirst());
    int[] origins = CleanedQuestion.of(question).origins();
    words.addAll(prompt.words(), question, Source.TEXT, index -> origins[index]);
    prompt.frame().stream().skip(1).forEach(words::added);
    return words.toList();
  }
}
