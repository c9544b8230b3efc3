package io.github.visualbert.cli.batch.arrow;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** The memory of Arrow for data that is not in a mapped file. */
final class ArrowMemory {
  /** Maximum bytes of one reader or writer; the bytes of a mapped file do not count. */
  static final long MAX_BYTES = 1L << 31;

  private ArrowMemory() {}

  /** Returns an allocator without a limit, for children that have one. */
  static BufferAllocator root() {
    return new RootAllocator();
  }
}
