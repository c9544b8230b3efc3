package io.github.visualbert.task;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.task.TaskModel;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.model.Trace;
import io.github.visualbert.vision.VisualFeatures;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Shows what a model looks at: the attention between the words of a text and the regions of its
 * pictures, in every head of every layer. Works with every head of a checkpoint, and feeds the
 * model as its task does. Thread-safe.
 *
 * <p>The measure of the VisualBERT papers is {@link AttentionMap#ground}: the row of a word,
 * without what it attends to in the text, and the region with the greatest weight in it (Li et al.
 * 2019, <a href="https://arxiv.org/abs/1908.03557">VisualBERT</a>, section 5). Attention says where
 * a layer takes its numbers from, not why an answer was given.
 */
public final class AttentionGrounding {
  private final TaskModel model;

  /**
   * A text about a picture, or about two.
   *
   * @param pair the second text, such as an answer to choose; null when there is none
   * @param pictures one; two for a model that compares pictures, left and right
   */
  public record Input(String text, String pair, List<VisualFeatures> pictures) {
    /**
     * Checks the pictures.
     *
     * @throws IllegalArgumentException when they are not one or two
     */
    public Input {
      Objects.requireNonNull(text, "text");
      pictures = List.copyOf(pictures);
      if (pictures.isEmpty() || pictures.size() > 2) {
        throw new IllegalArgumentException(
            "%d pictures, expected one or two".formatted(pictures.size()));
      }
    }

    /** Returns a text about one picture. */
    public static Input of(String text, VisualFeatures picture) {
      return new Input(text, null, List.of(picture));
    }
  }

  /**
   * Makes the task.
   *
   * @throws ModelException when the model is one of late fusion, whose encoder reads no regions
   */
  @SuppressWarnings("exports") // only VisualBert makes tasks
  public AttentionGrounding(TaskModel model) {
    if (model.config().bypassTransformer()) {
      throw new ModelException(
          Kind.UNSUPPORTED,
          "the model fuses late (bypass_transformer), so its encoder attends to no region; there is"
              + " nothing to show");
    }
    this.model = model;
  }

  /** Returns the number of layers. */
  public int layers() {
    return model.config().numHiddenLayers();
  }

  /** Returns the number of heads in each layer. */
  public int heads() {
    return model.config().numAttentionHeads();
  }

  /**
   * Returns what the rows of the maps of an input stand for, without a pass: how many they are
   * decides how much memory {@link #explain} takes. Throws as that does.
   */
  public AttentionRows rows(Input input) {
    return AttentionReading.of(model, input).rows();
  }

  /**
   * Returns the attention of the selected heads. Each map takes 4 bytes for each pair of rows: 144
   * heads of 136 rows 10 MiB.
   *
   * @param rollout whether to compute the rollout too: for each layer the product of the layers up
   *     to it, heads averaged and the residual connection counted half (Abnar and Zuidema 2020)
   * @throws io.github.visualbert.error.InputException when the text is empty or features do not fit
   *     the model
   * @throws IllegalArgumentException when the model has no such heads, or reads another number of
   *     texts or pictures
   */
  public AttentionMaps explain(Input input, HeadSelection selection, boolean rollout) {
    List<AttentionMap> maps = new ArrayList<>();
    List<AttentionMap> rolled = new ArrayList<>();
    AttentionReading reading = AttentionReading.of(model, input);
    AttentionRows rows = reading.rows();
    Rollout product = rollout ? new Rollout(rows.count()) : null;
    float[] buffer = new float[rows.count() * rows.count()];
    pass(
        reading,
        (layer, head, weights) -> {
          boolean kept = selection.contains(layer, head);
          float[] copy = kept ? new float[buffer.length] : buffer;
          if (kept || rollout) {
            weights.copyTo(copy);
          }
          if (kept) {
            maps.add(new AttentionMap(rows, layer, head, copy));
          }
          if (rollout) {
            product.addHead(copy, 1.0 / heads());
            if (head == heads() - 1) {
              rolled.add(new AttentionMap(rows, layer, AttentionMap.ALL_HEADS, product.endLayer()));
            }
          }
        },
        selection);
    return new AttentionMaps(rows, maps, rolled);
  }

  /**
   * Shows the selected heads one after the other, by layer and then by head, and keeps none: for
   * measures over many texts. All maps share one buffer, so each is valid until {@code visitor}
   * returns. Throws as {@link #explain} does.
   *
   * @param visitor must not use the model
   */
  public void visit(Input input, HeadSelection selection, Consumer<AttentionMap> visitor) {
    AttentionReading reading = AttentionReading.of(model, input);
    AttentionRows rows = reading.rows();
    float[] buffer = new float[rows.count() * rows.count()];
    pass(
        reading,
        (layer, head, weights) -> {
          if (selection.contains(layer, head)) {
            weights.copyTo(buffer);
            visitor.accept(new AttentionMap(rows, layer, head, buffer));
          }
        },
        selection);
  }

  /** Receives every head of a pass. */
  private interface HeadReader {
    void read(int layer, int head, Weights weights);
  }

  /** The weights of one head, in the memory of the pass. */
  private record Weights(TaskModel model, Matrix layer, long begin) {
    void copyTo(float[] array) {
      MemorySegment.copy(
          layer.data(), ValueLayout.JAVA_FLOAT, begin * Float.BYTES, array, 0, array.length);
      model.requireFinite(array);
    }
  }

  private void pass(AttentionReading reading, HeadReader reader, HeadSelection selection) {
    selection.requireWithin(layers(), heads());
    long size = (long) reading.rows().count() * reading.rows().count();
    int[] layer = {0};
    Trace trace =
        Trace.readingAttentions(
            heads(),
            probabilities -> { // one row: (heads, rows, rows)
              for (int head = 0; head < heads(); head++) {
                reader.read(layer[0], head, new Weights(model, probabilities, head * size));
              }
              layer[0]++;
            });
    model
        .engine()
        .run(
            execution ->
                model.model().forward(execution, List.of(reading.sequence()), null, trace));
  }
}
