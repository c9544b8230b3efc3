package io.github.visualbert.cli.explain;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.explain.Explanation.NamedAnswer;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.task.AttentionGrounding;
import io.github.visualbert.task.AttentionGrounding.Input;
import io.github.visualbert.task.AttentionMaps;
import io.github.visualbert.task.AttentionRows;
import io.github.visualbert.task.HeadSelection;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.task.PhraseGrounding.Phrase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Explains an answer.
 *
 * @param selection the heads whose maps are kept
 * @param word the words of the text to look at, or null
 */
record Explainer(TaskName task, AttentionGrounding model, HeadSelection selection, String word) {

  /**
   * Computes the explanation.
   *
   * @param reply null for a task without answers
   * @param files the files of the pictures, or none
   * @throws InputException when the text does not hold the word, or the model does not read it
   */
  Explanation explain(Request request, Reply reply, SeenPictures seen, List<Path> files) {
    List<NamedAnswer> answers = new ArrayList<>();
    if (reply instanceof Reply.Answers ranked) {
      for (Reply.Group group : ranked.groups()) {
        group.answers().forEach(answer -> answers.add(new NamedAnswer(group.about(), answer)));
      }
    }
    String pair = task == TaskName.VCR ? answers.getFirst().answer().label() : null;
    AttentionMaps maps =
        model.explain(new Input(request.text(), pair, request.pictures()), selection, true);
    List<SeenPicture> pictures = new ArrayList<>();
    for (int i = 0; i < request.pictures().size(); i++) {
      pictures.add(seen.seen(request.pictures().get(i), files.isEmpty() ? null : files.get(i)));
    }
    return new Explanation(
        task,
        request,
        pair,
        answers,
        model.layers(),
        model.heads(),
        maps,
        pictures,
        focus(request.text(), maps.rows()));
  }

  private int[] focus(String text, AttentionRows rows) {
    if (word == null) {
      return new int[0];
    }
    Phrase found = PhraseGrounding.find(text, List.of(word)).getFirst();
    int[] words = rows.wordsWithin(found.begin(), found.end());
    if (words.length == 0) {
      throw new InputException(
          Kind.MISMATCH,
          "the model does not read \"%s\": the text is longer than it can read".formatted(word));
    }
    return words;
  }
}
