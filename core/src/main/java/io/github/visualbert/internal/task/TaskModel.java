package io.github.visualbert.internal.task;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.Preset;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.kernel.Engine;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.model.Head;
import io.github.visualbert.model.Rows;
import io.github.visualbert.model.Sequence;
import io.github.visualbert.model.Trace;
import io.github.visualbert.model.VisualBertModel;
import io.github.visualbert.text.BertTokenizer;
import io.github.visualbert.text.Encoding;
import io.github.visualbert.text.Padding;
import io.github.visualbert.text.Truncation;
import io.github.visualbert.vision.VisualFeatures;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The parts of an open model that the tasks use. Immutable and thread-safe.
 *
 * @param head the head of the checkpoint, or null for the base model
 * @param tokenizer the tokenizer of the model folder
 * @param labels the names of the classes
 * @param invalidWeights finds the name of a tensor that holds NaN or infinity; slow
 */
public record TaskModel(
    Engine engine,
    VisualBertConfig config,
    VisualBertModel model,
    Head head,
    BertTokenizer tokenizer,
    Preset preset,
    List<String> labels,
    Supplier<Optional<String>> invalidWeights) {

  /**
   * Returns the head, which must be the one that a task reads.
   *
   * @throws IllegalStateException when the model has another head
   */
  public <H extends Head> H head(Class<H> type, HeadType expected) {
    if (!type.isInstance(head)) {
      throw new IllegalStateException(
          "the model is a %s, this task needs a %s"
              .formatted(config.headType().className(), expected.className()));
    }
    return type.cast(head);
  }

  /**
   * Refuses what a pass computed, unless all of it is finite. Softmax would make an answer of NaN.
   *
   * @param count how many numbers of the array were computed
   * @throws ModelException when it is not, for the weights are not
   * @throws InputException when it is not, and the input is to blame
   */
  public void requireFinite(float[] computed, int count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(computed[i])) {
        throw notFinite();
      }
    }
  }

  /** Refuses a whole array, as {@link #requireFinite(float[], int)} does. */
  public void requireFinite(float[] computed) {
    requireFinite(computed, computed.length);
  }

  private RuntimeException notFinite() {
    Optional<String> tensor = invalidWeights.get();
    return tensor.isPresent()
        ? new ModelException(
            Kind.MALFORMED,
            "the weights hold NaN or infinity, in " + tensor.get() + ", so there is no answer")
        : new InputException(
            Kind.UNSUPPORTED,
            "the model computes NaN or infinity from this; expected smaller features, as those of"
                + " the detector that it was trained on");
  }

  /**
   * Returns whether there is nothing to answer.
   *
   * @throws IllegalStateException after close, as when there is something
   */
  public boolean isNothing(List<?> asked) {
    engine.requireOpen();
    return asked.isEmpty();
  }

  /** Returns the longest text in tokens, special tokens counted in. */
  public int maxTextLength() {
    return Math.min(config.maxPositionEmbeddings(), tokenizer.config().maxLength());
  }

  /** Encodes a text or a pair, truncated to the longest text that the model reads. */
  public Encoding encode(String what, String text, String pair) {
    requireText(what, text);
    return tokenizer.encode(text, pair, Truncation.longestFirst(maxTextLength()), Padding.none());
  }

  /**
   * Checks that a text is not blank.
   *
   * @param what what the text is, for the message
   */
  public static void requireText(String what, String text) {
    if (text.isBlank()) {
      throw new InputException(Kind.MALFORMED, "the %s is empty".formatted(what));
    }
  }

  /** Returns a sequence of a text and one picture, whose regions have the preset's token type. */
  public Sequence sequence(int[] ids, int[] tokenTypeIds, VisualFeatures picture) {
    int[] visualTypes = new int[picture.regions()];
    Arrays.fill(visualTypes, preset.visualTokenType());
    return Sequence.of(ids, picture.requireDim(config.visualEmbeddingDim()).tensor())
        .withTypes(tokenTypeIds, visualTypes);
  }

  /** Returns the pooled sequences, (sequences, hidden). */
  public Matrix pooled(Execution execution, List<Sequence> sequences) {
    Matrix first = // (sequences, hidden)
        model.forward(execution, sequences, Rows.first(sequences.size()), Trace.none());
    return model.pool(execution, first);
  }
}
