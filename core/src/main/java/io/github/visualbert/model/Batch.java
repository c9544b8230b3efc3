package io.github.visualbert.model;

import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sequences of a pass, end to end without padding.
 *
 * <p>One per workspace, reused by the next pass; unchanged spans are kept.
 */
final class Batch {
  private List<Sequence> sequences = List.of();
  private boolean textOnly;

  /** The first row of every sequence, then the number of rows. */
  private int[] offsets = {};

  private final List<AttentionSpan> spans = new ArrayList<>();
  private final List<AttentionSpan> selected = new ArrayList<>();
  private Batch texts; // made at its first use

  private Batch() {}

  /**
   * Returns the batch of a workspace, holding these sequences.
   *
   * @param sequences at least one; not copied
   */
  static Batch of(Workspace workspace, List<Sequence> sequences) {
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("the batch holds no sequence");
    }
    Batch batch = workspace.kept(Batch.class, Batch::new);
    batch.set(sequences, false);
    return batch;
  }

  private void set(List<Sequence> newSequences, boolean newTextOnly) {
    sequences = newSequences;
    textOnly = newTextOnly;
    if (offsets.length <= sequences.size()) {
      offsets = new int[sequences.size() + 1];
    }
    for (int i = 0; i < sequences.size(); i++) {
      Sequence sequence = sequences.get(i);
      int length = textOnly ? sequence.textLength() : sequence.length();
      offsets[i + 1] = Math.addExact(offsets[i], length);
    }
    setSpans();
  }

  private void setSpans() {
    for (int i = 0; i < size(); i++) {
      boolean[] mask = null;
      if (sequences.get(i).masks(!textOnly)) {
        int length = offsets[i + 1] - offsets[i];
        boolean[] old = i < spans.size() ? spans.get(i).keyMask() : null;
        mask = old != null && old.length == length ? old : new boolean[length];
        sequences.get(i).fillMask(mask);
      }
      put(spans, i, offsets[i], offsets[i + 1], mask);
    }
    cut(spans);
  }

  int size() {
    return sequences.size();
  }

  List<Sequence> sequences() {
    return sequences;
  }

  Sequence sequence(int i) {
    return sequences.get(i);
  }

  /** Returns the first row of a sequence; of the index after the last, {@link #rows}. */
  int offset(int i) {
    return offsets[i];
  }

  /** Returns the number of all rows. */
  int rows() {
    return offsets[size()];
  }

  /** Returns the number of the sequence that a row belongs to. */
  int sequenceAt(int row) {
    int found = Arrays.binarySearch(offsets, 0, size(), row);
    return found >= 0 ? found : -found - 2; // the last that begins before the row
  }

  /** Drops the sequences, so that an idle workspace holds no picture. */
  void clear() {
    sequences = List.of();
    if (texts != null) {
      texts.sequences = List.of();
    }
  }

  /** Returns the spans in which every row attends to its whole sequence. */
  List<AttentionSpan> spans() {
    return spans;
  }

  /** Returns the spans of the wanted rows; they attend to the same keys. */
  List<AttentionSpan> spans(Rows rows) {
    int begin = 0;
    for (int i = 0; i < size(); i++) {
      int end = begin + rows.perSequence()[i].length;
      put(selected, i, begin, end, spans.get(i).keyMask());
      begin = end;
    }
    cut(selected);
    return selected;
  }

  /** Sets the span of a sequence, unless the list has it already. */
  private void put(List<AttentionSpan> list, int i, int queryBegin, int queryEnd, boolean[] mask) {
    int keyBegin = offsets[i];
    int keyEnd = offsets[i + 1];
    AttentionSpan old = i < list.size() ? list.get(i) : null;
    if (old == null) {
      list.add(new AttentionSpan(queryBegin, queryEnd, keyBegin, keyEnd, mask));
    } else if (old.queryBegin() != queryBegin
        || old.queryEnd() != queryEnd
        || old.keyBegin() != keyBegin
        || old.keyEnd() != keyEnd
        || old.keyMask() != mask) {
      list.set(i, new AttentionSpan(queryBegin, queryEnd, keyBegin, keyEnd, mask));
    }
  }

  private void cut(List<AttentionSpan> list) {
    while (list.size() > size()) {
      list.removeLast();
    }
  }

  /** Returns the same batch without its regions, for the encoder of a late-fusion model. */
  Batch textOnly() {
    if (texts == null) {
      texts = new Batch();
    }
    texts.set(sequences, true);
    return texts;
  }
}
