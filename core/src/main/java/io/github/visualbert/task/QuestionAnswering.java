package io.github.visualbert.task;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.model.QuestionAnsweringHead;
import io.github.visualbert.model.Rows;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.model.Trace;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Answers questions about pictures (VQA). Thread-safe.
 *
 * <p>An answer has the same bits alone and in any batch.
 */
public final class QuestionAnswering {
  /** The authors' label for every answer outside their vocabulary. */
  private static final String UNKNOWN = "<unk>";

  /** The size of the published vocabulary of answers, which begins with {@link #UNKNOWN}. */
  private static final int PUBLISHED_ANSWERS = 3129;

  private final TaskModel model;
  private final QuestionAnsweringHead head;
  private final int excluded;

  /**
   * A question about a picture.
   *
   * @param picture the regions of the picture; they are projected once for all questions that share
   *     the object
   */
  public record Question(String text, VisualFeatures picture) {}

  /**
   * Makes the task.
   *
   * @throws IllegalStateException when the model has another head
   */
  @SuppressWarnings("exports") // only VisualBert makes tasks
  public QuestionAnswering(TaskModel model) {
    this.model = model;
    this.head = model.head(QuestionAnsweringHead.class, HeadType.QUESTION_ANSWERING);
    this.excluded = model.preset().excludesUnknown() ? indexOfUnknown(model) : -1;
  }

  private static int indexOfUnknown(TaskModel model) {
    boolean unnamed =
        model.labels().size() == PUBLISHED_ANSWERS && model.config().hasPlaceholderLabels();
    return unnamed ? 0 : model.labels().indexOf(UNKNOWN);
  }

  /**
   * Returns the rows of a question's sequence: its tokens, special ones counted in, and regions.
   */
  public int rows(Question question) {
    int tokens =
        model.preset().masksAnswer()
            ? QuestionPrompt.of(model, question.text()).ids().length
            : model.encode("question", question.text(), null).size();
    return tokens + question.picture().regions();
  }

  /** Answers one question with the {@code topK} most probable answers. */
  public Ranking answer(String question, VisualFeatures picture, int topK) {
    return answer(List.of(new Question(question, picture)), topK).getFirst();
  }

  /**
   * Answers many questions in one pass.
   *
   * @param questions any number; of none there are no answers
   * @param topK at least 1
   * @return for each question its {@code topK} most probable answers
   * @throws IllegalArgumentException when {@code topK} is less than 1
   * @throws io.github.visualbert.error.InputException when a question is empty or features do not
   *     fit the model
   */
  public List<Ranking> answer(List<Question> questions, int topK) {
    Ranking.requirePositive(topK);
    if (model.isNothing(questions)) {
      return List.of();
    }
    List<Sequence> sequences = new ArrayList<>();
    boolean[] truncated = new boolean[questions.size()];
    int[][] read = new int[questions.size()][];
    for (int i = 0; i < questions.size(); i++) {
      Question question = questions.get(i);
      int[] ids;
      if (model.preset().masksAnswer()) {
        QuestionPrompt prompt = QuestionPrompt.of(model, question.text());
        ids = prompt.ids();
        truncated[i] = prompt.truncated();
      } else {
        Encoding encoding = model.encode("question", question.text(), null);
        ids = encoding.ids();
        truncated[i] = encoding.truncated();
      }
      sequences.add(model.sequence(ids, null, question.picture()));
      read[i] = new int[] {QuestionAnsweringHead.readRow(ids.length)};
    }
    return model
        .engine()
        .run(
            execution -> {
              Matrix rows = // (questions, hidden)
                  model.model().forward(execution, sequences, new Rows(read), Trace.none());
              Matrix logits = head.logits(execution, rows); // (questions, answers)
              float[] row = execution.workspace().arrays(1, logits.columns())[0];
              List<Ranking> rankings = new ArrayList<>(questions.size());
              for (int i = 0; i < questions.size(); i++) {
                logits.getRow(i, row);
                model.requireFinite(row, logits.columns());
                rankings.add(rank(row, topK, truncated[i]));
              }
              return rankings;
            });
  }

  private Ranking rank(float[] logits, int topK, boolean truncated) {
    int answers = model.config().numLabels();
    int choices = answers;
    if (excluded >= 0 && answers > 1) {
      logits[excluded] = Float.NEGATIVE_INFINITY;
      choices--;
    }
    return Ranking.of(logits, 0, answers, model.labels()::get, Math.min(topK, choices), truncated);
  }

  /**
   * Cleans a question as the authors' data was, by Pythia's {@code tokenize}: lower case, no commas
   * and question marks, {@code 's} a word of its own. Pythia also splits at everything that is not
   * a word, which the BERT tokenizer does anyway.
   */
  static String clean(String question) {
    return question.toLowerCase(Locale.ROOT).replace(",", "").replace("?", "").replace("'s", " 's");
  }
}
