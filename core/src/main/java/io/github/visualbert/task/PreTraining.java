package io.github.visualbert.task;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.model.PreTrainingHead;
import io.github.visualbert.model.Rows;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.model.Softmax;
import io.github.visualbert.model.Trace;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Predicts the words behind {@code [MASK]}, and whether a sentence and a picture match.
 * Thread-safe.
 *
 * <p>Words are scored at the masked positions only.
 */
public final class PreTraining {
  /** The label that names the class of matching sentences in {@code id2label}. */
  private static final String MATCH = "match";

  private final TaskModel model;
  private final PreTrainingHead head;
  private final int matchClass;

  /** A sentence about a picture, with any number of {@code [MASK]}s. */
  public record Sentence(String text, VisualFeatures picture) {}

  /**
   * The prediction for a sentence.
   *
   * @param words for each {@code [MASK]}, in the order of the text, the most probable words
   * @param match the probability that sentence and picture match
   * @param truncated whether the sentence had to be cut to fit the model
   */
  public record Completion(List<Ranking> words, double match, boolean truncated) {}

  /**
   * Makes the task.
   *
   * @throws IllegalStateException when the model has another head
   */
  @SuppressWarnings("exports") // only VisualBert makes tasks
  public PreTraining(TaskModel model) {
    this.model = model;
    this.head = model.head(PreTrainingHead.class, HeadType.PRE_TRAINING);
    int named = model.labels().indexOf(MATCH);
    this.matchClass = named == 0 || named == 1 ? named : model.preset().matchClass();
  }

  /** Returns the class of the model that means "sentence and picture match", 0 or 1. */
  public int matchClass() {
    return matchClass;
  }

  /**
   * Returns the rows of a sentence's sequence: its tokens, special ones counted in, and regions.
   */
  public int rows(Sentence sentence) {
    return model.encode("sentence", sentence.text(), null).size() + sentence.picture().regions();
  }

  /** Completes one sentence, with the {@code topK} most probable words for each mask. */
  public Completion complete(String sentence, VisualFeatures picture, int topK) {
    return complete(List.of(new Sentence(sentence, picture)), topK).getFirst();
  }

  /** Completes many sentences in one pass. */
  public List<Completion> complete(List<Sentence> sentences, int topK) {
    Ranking.requirePositive(topK);
    if (model.isNothing(sentences)) {
      return List.of();
    }
    List<Sequence> sequences = new ArrayList<>();
    boolean[] truncated = new boolean[sentences.size()];
    int[][] read = new int[sentences.size()][]; // the first row, then those of the masks
    for (int i = 0; i < sentences.size(); i++) {
      Sentence sentence = sentences.get(i);
      Encoding encoding = model.encode("sentence", sentence.text(), null);
      truncated[i] = encoding.truncated();
      int[] ids = encoding.ids();
      sequences.add(model.sequence(ids, null, sentence.picture()));
      read[i] = firstAndMasks(ids);
    }
    return model
        .engine()
        .run(
            execution -> {
              Matrix rows = // (wanted rows, hidden)
                  model.model().forward(execution, sequences, new Rows(read), Trace.none());
              Matrix first =
                  execution.workspace().matrix(read.length, rows.columns(), Layout.PANELS);
              int masks = rows.rows() - read.length;
              Matrix masked = execution.workspace().matrix(masks, rows.columns(), Layout.PANELS);
              separate(read, rows, first, masked);
              float[] match = // (sentences, 2)
                  head.seqRelationship(execution, model.model().pool(execution, first)).toArray();
              Matrix words = // (masks, vocabulary)
                  masks == 0 ? masked : head.predictions(execution, masked);
              float[] row = execution.workspace().arrays(1, words.columns())[0];
              return completions(read, match, words, row, topK, truncated);
            });
  }

  private int[] firstAndMasks(int[] ids) {
    int mask = model.tokenizer().maskId();
    int[] rows = new int[ids.length + 1];
    int count = 1;
    for (int position = 0; position < ids.length; position++) {
      if (ids[position] == mask) {
        rows[count++] = position;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  private static void separate(int[][] read, Matrix rows, Matrix first, Matrix masked) {
    int row = 0;
    int mask = 0;
    for (int i = 0; i < read.length; i++) {
      rows.copyRow(row++, first, i);
      for (int j = 1; j < read[i].length; j++) {
        rows.copyRow(row++, masked, mask++);
      }
    }
  }

  private List<Completion> completions(
      int[][] read, float[] match, Matrix words, float[] row, int topK, boolean[] truncated) {
    List<Completion> completions = new ArrayList<>();
    model.requireFinite(match);
    int mask = 0;
    for (int i = 0; i < read.length; i++) {
      List<Ranking> rankings = new ArrayList<>();
      for (int j = 1; j < read[i].length; j++, mask++) {
        words.getRow(mask, row);
        model.requireFinite(row, words.columns());
        IntFunction<String> token = model.tokenizer().vocabulary()::token;
        rankings.add(Ranking.of(row, 0, words.columns(), token, topK, truncated[i]));
      }
      double probability = Softmax.probabilities(match, 2 * i, 2)[matchClass];
      completions.add(new Completion(rankings, probability, truncated[i]));
    }
    return completions;
  }
}
