package io.github.visualbert.model;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import java.util.List;

/**
 * The rows of the last layer that the head reads.
 *
 * <p>Keys and values are computed for all rows, everything else for these only. No row depends on
 * which others are computed, so leaving the others out changes no bit.
 *
 * @param perSequence the wanted rows of every sequence of the batch, counted from its first row; a
 *     row may be wanted twice
 */
public record Rows(int[][] perSequence) {

  /** Returns the first row of each sequence, which the pooler reads. */
  public static Rows first(int sequences) {
    return new Rows(new int[sequences][1]);
  }

  /** Returns the number of wanted rows. */
  public int count() {
    int count = 0;
    for (int[] rows : perSequence) {
      count += rows.length;
    }
    return count;
  }

  /** Copies the wanted rows out of a matrix of all rows of the sequences. */
  void gather(Matrix all, List<Sequence> sequences, Matrix selected) {
    int row = 0;
    int begin = 0;
    for (int i = 0; i < perSequence.length; i++) {
      for (int wanted : perSequence[i]) {
        all.copyRow(begin + wanted, selected, row++);
      }
      begin += sequences.get(i).length();
    }
  }

  /** Returns a copy of the wanted rows, (wanted rows, columns), given all rows of the sequences. */
  public Matrix of(Execution execution, Matrix all, List<Sequence> sequences) {
    Matrix selected = execution.workspace().matrix(count(), all.columns(), Layout.PANELS);
    gather(all, sequences, selected);
    return selected;
  }
}
