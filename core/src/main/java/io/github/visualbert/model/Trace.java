package io.github.visualbert.model;

import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Records, on request, the hidden states between the layers and the attention probabilities of
 * every layer.
 *
 * <p>Belongs to one forward pass. Asking for either makes the last layer compute all its rows.
 */
public final class Trace {
  private static final Trace NONE = new Trace(false, false, 0); // never changed

  private final boolean wantsHiddenStates;
  private final int heads;
  private final List<float[]> hiddenStates = new ArrayList<>();
  private final List<float[]> attentions = new ArrayList<>();
  private final Consumer<Matrix> attentionReader; // null when attentions are not wanted

  /**
   * Makes a recorder.
   *
   * @param heads the model's number of attention heads
   */
  public Trace(boolean wantsHiddenStates, boolean wantsAttentions, int heads) {
    this.wantsHiddenStates = wantsHiddenStates;
    this.heads = heads;
    this.attentionReader = wantsAttentions ? layer -> attentions.add(layer.toArray()) : null;
  }

  private Trace(int heads, Consumer<Matrix> attentionReader) {
    this.wantsHiddenStates = false;
    this.heads = heads;
    this.attentionReader = attentionReader;
  }

  /**
   * Returns a recorder that keeps nothing, but shows the attention probabilities of each layer to
   * {@code reader} as soon as they are computed, in the order of the layers: one row in the order
   * of {@link #attentions}, which the next layer overwrites.
   */
  public static Trace readingAttentions(int heads, Consumer<Matrix> reader) {
    return new Trace(heads, reader);
  }

  /** Returns a recorder that records nothing. */
  public static Trace none() {
    return NONE;
  }

  /**
   * Returns the embedding output and the output of every layer, each (rows, hidden) in row-major
   * order, the rows of all sequences end to end.
   */
  public List<float[]> hiddenStates() {
    return hiddenStates;
  }

  /**
   * Returns the attention probabilities of every layer: per sequence (heads, rows, rows) in
   * row-major order, the sequences end to end.
   */
  public List<float[]> attentions() {
    return attentions;
  }

  boolean isRecording() {
    return wantsHiddenStates || attentionReader != null;
  }

  void hiddenState(Matrix hidden) {
    if (wantsHiddenStates) {
      hiddenStates.add(hidden.toArray());
    }
  }

  /** Returns a buffer for the probabilities of one layer, or null when they are not recorded. */
  Matrix probabilityBuffer(Workspace workspace, List<AttentionSpan> spans) {
    return attentionReader != null ? workspace.matrix(1, size(spans), Layout.ROWS) : null;
  }

  void attention(Matrix probabilities) {
    if (attentionReader != null) {
      attentionReader.accept(probabilities);
    }
  }

  private int size(List<AttentionSpan> spans) {
    int size = 0;
    for (AttentionSpan span : spans) {
      size =
          Math.addExact(
              size, Math.multiplyExact(heads, Math.multiplyExact(span.queries(), span.keys())));
    }
    return size;
  }
}
