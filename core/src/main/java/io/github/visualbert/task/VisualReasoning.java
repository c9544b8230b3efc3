package io.github.visualbert.task;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.model.VisualReasoningHead;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Judges whether a statement about two pictures is true (NLVR2). Thread-safe.
 *
 * <p>One sequence holds the regions of both pictures. Their token types are 0 for the left and 1
 * for the right picture, whatever the preset.
 */
public final class VisualReasoning {
  private final TaskModel model;
  private final VisualReasoningHead head;

  /** A statement about two pictures. */
  public record Statement(String text, VisualFeatures left, VisualFeatures right) {}

  /**
   * Makes the task.
   *
   * @throws IllegalStateException when the model has another head
   */
  @SuppressWarnings("exports") // only VisualBert makes tasks
  public VisualReasoning(TaskModel model) {
    this.model = model;
    this.head = model.head(VisualReasoningHead.class, HeadType.VISUAL_REASONING);
  }

  /**
   * Returns the rows of a statement's sequence: its tokens, special ones counted in, and the
   * regions of both pictures.
   */
  public int rows(Statement statement) {
    return model.encode("statement", statement.text(), null).size()
        + statement.left().regions()
        + statement.right().regions();
  }

  /** Judges one statement: its truth values, the most probable first. */
  public Ranking judge(String statement, VisualFeatures left, VisualFeatures right) {
    return judge(List.of(new Statement(statement, left, right))).getFirst();
  }

  /** Judges many statements in one pass. */
  public List<Ranking> judge(List<Statement> statements) {
    if (model.isNothing(statements)) {
      return List.of();
    }
    List<Sequence> sequences = new ArrayList<>();
    boolean[] truncated = new boolean[statements.size()];
    for (int i = 0; i < statements.size(); i++) {
      Statement statement = statements.get(i);
      Encoding encoding = model.encode("statement", statement.text(), null);
      truncated[i] = encoding.truncated();
      sequences.add(sequence(model, encoding.ids(), null, statement.left(), statement.right()));
    }
    int classes = model.config().numLabels();
    float[] logits = // (statements, classes)
        model
            .engine()
            .run(execution -> head.logits(execution, model.pooled(execution, sequences)).toArray());
    model.requireFinite(logits);
    List<Ranking> rankings = new ArrayList<>();
    for (int i = 0; i < statements.size(); i++) {
      int begin = i * classes;
      rankings.add(Ranking.of(logits, begin, classes, this::truthValue, classes, truncated[i]));
    }
    return rankings;
  }

  /** Returns a sequence of a text and two pictures, whose regions have the token types 0 and 1. */
  static Sequence sequence(
      TaskModel model, int[] ids, int[] types, VisualFeatures left, VisualFeatures right) {
    int[] visualTypes = new int[left.regions() + right.regions()];
    Arrays.fill(visualTypes, left.regions(), visualTypes.length, 1);
    VisualFeatures both = VisualFeatures.concatenate(left, right);
    return Sequence.of(ids, both.requireDim(model.config().visualEmbeddingDim()).tensor())
        .withTypes(types, visualTypes);
  }

  /** Names a class: by the checkpoint's label, or else by the truth value in the authors' data. */
  private String truthValue(int index) {
    boolean unnamed = model.labels().size() == 2 && model.config().hasPlaceholderLabels();
    return unnamed && model.labels().get(index).equals(VisualBertConfig.placeholderLabel(index))
        ? (index == 1 ? "True" : "False")
        : model.labels().get(index);
  }
}
