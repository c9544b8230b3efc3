package io.github.visualbert.detect;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The memory that tensors of a file were taken from, none of it twice. A file in which any number
 * of tensors view the same few bytes would otherwise become a network of any size.
 */
final class OwnMemory {
  private final NavigableMap<Long, Long> ends = new TreeMap<>(); // by the address of the start

  /** Takes memory, unless some of it was taken before; returns whether it was not. */
  boolean take(MemorySegment data) {
    long start = data.address();
    long end = start + data.byteSize();
    Map.Entry<Long, Long> before = ends.lowerEntry(end);
    if (before != null && before.getValue() > start) {
      return false;
    }
    ends.put(start, end);
    return true;
  }
}
