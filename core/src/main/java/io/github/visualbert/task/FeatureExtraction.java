package io.github.visualbert.task;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.model.Rows;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.model.Trace;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Extracts the vectors that the encoder computes of a text and a picture. Thread-safe. */
public final class FeatureExtraction {
  private final TaskModel model;

  /** A text about a picture. */
  public record Input(String text, VisualFeatures picture) {}

  /**
   * The vectors of one input.
   *
   * @param pooled (hidden) the pooled vector
   * @param lastHiddenState (text + regions, hidden) every row of the last layer, or null when not
   *     asked for
   * @param textLength the number of rows that are text
   * @param truncated whether the text had to be cut to fit the model
   */
  public record Features(
      Tensor pooled, Tensor lastHiddenState, int textLength, boolean truncated) {}

  /**
   * Makes the task.
   *
   * @throws IllegalStateException when the model has no pooler
   */
  @SuppressWarnings("exports") // only VisualBert makes tasks
  public FeatureExtraction(TaskModel model) {
    if (!model.model().hasPooler()) {
      throw new IllegalStateException(
          "the model is a %s without a pooler, which this task reads; open it with the head %s"
              .formatted(model.config().headType().className(), HeadType.BASE));
    }
    this.model = model;
  }

  /** Returns the rows of an input's sequence: its tokens, special ones counted in, and regions. */
  public int rows(Input input) {
    return model.encode("text", input.text(), null).size() + input.picture().regions();
  }

  /** Extracts the vectors of one input. */
  public Features extract(String text, VisualFeatures picture, boolean allRows) {
    return extract(List.of(new Input(text, picture)), allRows).getFirst();
  }

  /**
   * Extracts the vectors of many inputs in one pass.
   *
   * @param allRows whether to return every row of the last layer
   */
  public List<Features> extract(List<Input> inputs, boolean allRows) {
    if (model.isNothing(inputs)) {
      return List.of();
    }
    List<Sequence> sequences = new ArrayList<>();
    List<Encoding> encodings = new ArrayList<>();
    for (Input input : inputs) {
      Encoding encoding = model.encode("text", input.text(), null);
      encodings.add(encoding);
      sequences.add(model.sequence(encoding.ids(), null, input.picture()));
    }
    return model
        .engine()
        .run(
            execution -> {
              Rows first = Rows.first(sequences.size());
              Matrix rows =
                  model.model().forward(execution, sequences, allRows ? null : first, Trace.none());
              Matrix firstRows = allRows ? first.of(execution, rows, sequences) : rows;
              float[] pooled = model.model().pool(execution, firstRows).toArray();
              float[] states = allRows ? rows.toArray() : null;
              model.requireFinite(pooled);
              if (allRows) {
                model.requireFinite(states);
              }
              return features(encodings, sequences, pooled, states);
            });
  }

  private List<Features> features(
      List<Encoding> encodings, List<Sequence> sequences, float[] pooled, float[] states) {
    int hidden = model.config().hiddenSize();
    List<Features> features = new ArrayList<>();
    int row = 0;
    for (int i = 0; i < sequences.size(); i++) {
      int length = sequences.get(i).length();
      Tensor last =
          states == null
              ? null
              : Tensor.of(
                  Arrays.copyOfRange(states, row * hidden, (row + length) * hidden),
                  length,
                  hidden);
      features.add(
          new Features(
              Tensor.of(Arrays.copyOfRange(pooled, i * hidden, (i + 1) * hidden), hidden),
              last,
              encodings.get(i).size(),
              encodings.get(i).truncated()));
      row += length;
    }
    return features;
  }
}
