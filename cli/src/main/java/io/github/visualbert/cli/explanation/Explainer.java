package io.github.visualbert.cli.explanation;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.explanation.Explanation.NamedAnswer;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.task.AttentionGrounding;
import io.github.visualbert.task.AttentionGrounding.Input;
import io.github.visualbert.task.AttentionMaps;
import io.github.visualbert.task.AttentionRows;
import io.github.visualbert.task.HeadSelection;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.task.PhraseGrounding.Phrase;
import java.util.ArrayList;
import java.util.List;

/**
 * Explains an answer.
 *
 * @param selection the heads whose maps are kept
 * @param word the words of the text to look at, or null
 */
public record Explainer(
    TaskName task, AttentionGrounding model, HeadSelection selection, String word) {

  /**
   * Returns what the model reads: of a question with choices the one that it prefers.
   *
   * @param reply null for a task without answers
   */
  public Input input(Request request, Reply reply) {
    String pair = task == TaskName.VCR ? answers(reply).getFirst().answer().label() : null;
    return new Input(request.text(), pair, request.pictures());
  }

  /**
   * Computes the explanation.
   *
   * @param reply null for a task without answers
   * @param pictures those of the request, as they are shown
   * @throws InputException when the text does not hold the word, or the model does not read it
   */
  public Explanation explain(Request request, Reply reply, List<ShownPicture> pictures) {
    Input input = input(request, reply);
    AttentionMaps maps = model.explain(input, selection, true);
    return new Explanation(
        task,
        request,
        input.pair(),
        answers(reply),
        model.layers(),
        model.heads(),
        maps,
        pictures,
        focus(request.text(), maps.rows()));
  }

  private static List<NamedAnswer> answers(Reply reply) {
    List<NamedAnswer> answers = new ArrayList<>();
    if (reply instanceof Reply.Answers ranked) {
      for (Reply.Group group : ranked.groups()) {
        group.answers().forEach(answer -> answers.add(new NamedAnswer(group.about(), answer)));
      }
    }
    return answers;
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
