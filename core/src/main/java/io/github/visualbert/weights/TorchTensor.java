package io.github.visualbert.weights;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A view on a storage with sizes and strides, as torch has them. Every element lies within the
 * storage; {@link #of} makes sure of it.
 *
 * @param offset the bytes before the first element
 * @param strides the elements from one index to the next, for every dimension
 */
record TorchTensor(
    TorchStorage storage, TorchType type, long offset, List<Long> sizes, List<Long> strides) {

  /**
   * Makes a view.
   *
   * @param elements the offset, in elements of {@code type}
   * @param byteLength how much of the storage there is behind {@code byteOffset}
   * @return null when it reaches beyond that, or a number is negative or overflows
   */
  static TorchTensor of(
      TorchStorage storage,
      TorchType type,
      long byteOffset,
      long byteLength,
      long elements,
      List<Long> sizes,
      List<Long> strides) {
    boolean negative =
        sizes.stream().anyMatch(size -> size < 0)
            || strides.stream().anyMatch(stride -> stride < 0);
    if (negative || elements < 0 || sizes.size() != strides.size()) {
      return null;
    }
    try {
      long count = TensorInfo.elementCount(sizes);
      Math.multiplyExact(count, (long) type.byteSize);
      long last = elements;
      for (int i = 0; count > 0 && i < sizes.size(); i++) {
        last = Math.addExact(last, Math.multiplyExact(sizes.get(i) - 1, strides.get(i)));
      }
      long end = count == 0 ? 0 : Math.multiplyExact(last + 1, (long) type.byteSize);
      long offset = Math.addExact(byteOffset, count == 0 ? 0 : elements * type.byteSize);
      return end < 0 || end > byteLength
          ? null
          : new TorchTensor(storage, type, offset, sizes, strides);
    } catch (ArithmeticException overflow) {
      return null;
    }
  }

  TensorInfo info(String name) {
    return new TensorInfo(name, type.dtype, sizes, TensorInfo.elementCount(sizes) * type.byteSize);
  }

  /**
   * Returns whether the elements lie in row-major order without gaps, so that a view on the storage
   * will do.
   */
  boolean isDense() {
    long dense = 1;
    for (int i = sizes.size() - 1; i >= 0; i--) {
      if (sizes.get(i) != 1 && strides.get(i) != dense) {
        return TensorInfo.elementCount(sizes) == 0;
      }
      dense *= sizes.get(i);
    }
    return true;
  }

  /** Copies the elements in row-major order. */
  void copyTo(MemorySegment target, MemorySegment storageBytes) {
    int rank = sizes.size();
    long[] index = new long[rank];
    long from = offset;
    for (long to = 0; to < target.byteSize(); to += type.byteSize) {
      MemorySegment.copy(storageBytes, from, target, to, type.byteSize);
      for (int i = rank - 1; i >= 0; i--) {
        index[i]++;
        from += strides.get(i) * type.byteSize;
        if (index[i] < sizes.get(i)) {
          break;
        }
        from -= index[i] * strides.get(i) * type.byteSize;
        index[i] = 0;
      }
    }
  }
}
