package io.github.visualbert.model;

import io.github.visualbert.kernel.AttentionSpan;
import java.util.ArrayList;
import java.util.List;

/**
 * Sequences laid end to end, without padding between them.
 *
 * @param sequences at least one
 */
record Batch(List<Sequence> sequences) {

  Batch {
    sequences = List.copyOf(sequences);
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("the batch holds no sequence");
    }
  }

  int size() {
    return sequences.size();
  }

  /** Returns the first row of every sequence, and behind them the number of all rows. */
  int[] offsets() {
    int[] offsets = new int[sequences.size() + 1];
    for (int i = 0; i < sequences.size(); i++) {
      offsets[i + 1] = Math.addExact(offsets[i], sequences.get(i).length());
    }
    return offsets;
  }

  /** Returns the attention of every row to all rows of its sequence that are not masked. */
  List<AttentionSpan> spans() {
    int[] offsets = offsets();
    List<AttentionSpan> spans = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      int begin = offsets[i];
      int end = offsets[i + 1];
      spans.add(new AttentionSpan(begin, end, begin, end, sequences.get(i).mask()));
    }
    return spans;
  }

  /** Returns the texts alone, as the encoder of a late-fusion model reads them. */
  Batch textOnly() {
    return new Batch(sequences.stream().map(Sequence::withoutRegions).toList());
  }
}
