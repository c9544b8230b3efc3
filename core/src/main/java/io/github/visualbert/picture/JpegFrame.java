package io.github.visualbert.picture;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;

/**
 * The header of a JPEG's frame.
 *
 * @param ids the names of the components
 * @param across how many samples each has in a block of columns
 * @param down how many samples each has in a block of rows
 */
record JpegFrame(int width, int height, byte[] ids, int[] across, int[] down) {
  /** Reads the segment with this content. */
  static JpegFrame read(byte[] file, int at, int length, String source) {
    if (length < 6 || length != 6 + 3 * (file[at + 5] & 0xff)) {
      throw new InputException(
          Kind.MALFORMED,
          "%s: JPEG: the frame header of %d bytes at byte %d contradicts itself"
              .formatted(source, length, at));
    }
    int components = file[at + 5] & 0xff;
    if (file[at] != 8 || components != 1 && components != 3 && components != 4) {
      throw new InputException(
          Kind.UNSUPPORTED,
          "%s: JPEG: expected 1, 3 or 4 components of 8 bits, found %d of %d"
              .formatted(source, components, file[at] & 0xff));
    }
    byte[] ids = new byte[components];
    int[] across = new int[components];
    int[] down = new int[components];
    for (int c = 0; c < components; c++) {
      ids[c] = file[at + 6 + 3 * c];
      across[c] = file[at + 7 + 3 * c] >> 4 & 15;
      down[c] = file[at + 7 + 3 * c] & 15;
    }
    return new JpegFrame(int16(file, at + 3), int16(file, at + 1), ids, across, down);
  }

  private static int int16(byte[] file, int at) {
    return (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
  }

  int components() {
    return ids.length;
  }

  /** Returns whether a component has a sample for every column, but for every second row only. */
  boolean hasEverySecondRow(int component) {
    return across[component] == most(across) && 2 * down[component] == most(down);
  }

  private static int most(int[] samples) {
    int most = 0;
    for (int count : samples) {
      most = Math.max(most, count);
    }
    return most;
  }
}
