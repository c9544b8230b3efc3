package io.github.visualbert.weights;

/**
 * A storage that a pickle names: a run of elements of one type, whose bytes lie elsewhere in the
 * file.
 *
 * @param key the name it has in the file
 * @param length its elements
 */
record TorchStorage(String key, TorchType type, long length) {
  /** Returns its size, which fits a long: {@link TorchPickle} checks it. */
  long byteSize() {
    return length * type.byteSize;
  }
}
