package io.github.visualbert.task;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.model.MultipleChoiceHead;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.List;

/**
 * Ranks the possible answers to a question about a picture (VCR). Any number of choices;
 * thread-safe. Questions are in plain words, or VCR's own with tagged objects: {@link VcrItem}.
 */
public final class MultipleChoice {
  private final TaskModel model;
  private final MultipleChoiceHead head;

  /** What can be asked: a question about a picture, with the answers to choose from. */
  public sealed interface Item permits Question, TaggedQuestion {
    /** Returns the question in words. */
    String text();

    /** Returns the answers in words. */
    List<String> choices();

    VisualFeatures picture();
  }

  /** A question about a picture in plain words, with the answers to choose from. */
  public record Question(String text, List<String> choices, VisualFeatures picture)
      implements Item {}

  /**
   * Makes the task.
   *
   * @throws IllegalStateException when the model has another head
   */
  @SuppressWarnings("exports") // only VisualBert makes tasks
  public MultipleChoice(TaskModel model) {
    this.model = model;
    this.head = model.head(MultipleChoiceHead.class, HeadType.MULTIPLE_CHOICE);
  }

  /**
   * Returns the rows of a question's sequences, one for each choice: tokens, special ones counted
   * in, and regions.
   */
  public int rows(Item question) {
    int rows = 0;
    for (int choice = 0; choice < question.choices().size(); choice++) {
      rows += encode(question, choice).encoding().size() + question.picture().regions();
    }
    return rows;
  }

  /** Ranks the choices of one question. */
  public Ranking choose(String question, List<String> choices, VisualFeatures picture) {
    return choose(List.of(new Question(question, choices, picture))).getFirst();
  }

  /**
   * Ranks the choices of many questions in one pass.
   *
   * @throws InputException when a text is empty, or too long where it must not be cut
   */
  public List<Ranking> choose(List<? extends Item> questions) {
    if (model.isNothing(questions)) {
      return List.of();
    }
    List<Sequence> sequences = new ArrayList<>(); // the choices of all questions
    boolean[] truncated = new boolean[questions.size()];
    for (int i = 0; i < questions.size(); i++) {
      Item question = questions.get(i);
      if (question.choices().isEmpty()) {
        throw new InputException(Kind.MALFORMED, "the question has no choices");
      }
      for (int choice = 0; choice < question.choices().size(); choice++) {
        AlignedEncoding encoded = encode(question, choice);
        truncated[i] |= encoded.truncated();
        Encoding encoding = encoded.encoding();
        sequences.add(
            model
                .sequence(encoding.ids(), encoding.tokenTypeIds(), question.picture())
                .withAlignment(encoded.alignment()));
      }
    }
    float[] logits = // (choices of all questions, 1)
        model
            .engine()
            .run(execution -> head.logits(execution, model.pooled(execution, sequences)).toArray());
    model.requireFinite(logits);
    List<Ranking> rankings = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < questions.size(); i++) {
      List<String> choices = questions.get(i).choices();
      int count = choices.size();
      rankings.add(Ranking.of(logits, begin, count, choices::get, count, truncated[i]));
      begin += count;
    }
    return rankings;
  }

  private AlignedEncoding encode(Item question, int choice) {
    TaskModel.requireText("question", question.text());
    TaskModel.requireText("choice", question.choices().get(choice));
    return switch (question) {
      case Question plain -> encode(plain, choice);
      case TaggedQuestion tagged -> encode(tagged, choice);
    };
  }

  private AlignedEncoding encode(Question question, int choice) {
    Encoding encoding = model.encode("question", question.text(), question.choices().get(choice));
    return new AlignedEncoding(encoding, null, encoding.truncated());
  }

  private AlignedEncoding encode(TaggedQuestion question, int choice) {
    return AlignedEncoding.of(
        model.tokenizer(),
        question,
        choice,
        Math.min(AlignedEncoding.MOST_TOKENS, model.maxTextLength()),
        model.config().maxPositionEmbeddings());
  }
}
