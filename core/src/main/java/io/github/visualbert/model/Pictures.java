package io.github.visualbert.model;

import io.github.visualbert.tensor.Tensor;
import java.util.Arrays;

/**
 * The pictures of a batch, end to end; one that several sequences share is there once.
 *
 * <p>Belongs to a workspace, like the {@link Batch}.
 */
final class Pictures {
  private Tensor[] pictures = {};
  private int count;

  /** The first row of every picture, then the number of rows. */
  private int[] offsets = {0};

  /** The first row of the picture of every sequence. */
  private int[] firstRows = {};

  void set(Batch batch) {
    if (firstRows.length < batch.size()) {
      pictures = new Tensor[batch.size()];
      offsets = new int[batch.size() + 1];
      firstRows = new int[batch.size()];
    }
    count = 0;
    for (int i = 0; i < batch.size(); i++) {
      Sequence sequence = batch.sequence(i);
      if (sequence.regions() > 0) {
        firstRows[i] = offsets[add(sequence.visualEmbeds(), sequence.regions())];
      }
    }
  }

  /** Returns the index of a picture, which is added unless the same object is there. */
  private int add(Tensor picture, int regions) {
    for (int i = 0; i < count; i++) {
      if (pictures[i] == picture) {
        return i;
      }
    }
    pictures[count] = picture;
    offsets[count + 1] = Math.addExact(offsets[count], regions);
    return count++;
  }

  /** Drops the pictures. */
  void clear() {
    Arrays.fill(pictures, null);
  }

  /** Returns the number of regions of all pictures. */
  int rows() {
    return offsets[count];
  }

  /** Returns the first row of the picture of a sequence that has regions. */
  int firstRow(int sequence) {
    return firstRows[sequence];
  }

  /** Copies the features of a region, given its row among all, to the start of an array. */
  void copyRow(int row, float[] to) {
    int found = Arrays.binarySearch(offsets, 0, count, row);
    int picture = found >= 0 ? found : -found - 2; // the last that begins before the row
    int columns = (int) pictures[picture].size(1);
    pictures[picture].copyTo((long) (row - offsets[picture]) * columns, to, 0, columns);
  }
}
