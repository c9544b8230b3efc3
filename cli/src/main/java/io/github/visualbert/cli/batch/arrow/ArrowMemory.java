package io.github.visualbert.cli.batch.arrow;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Where Arrow keeps what it does not find in a file. */
final class ArrowMemory {
  /** Bytes that one reader or writer may take; the bytes of a mapped file do not count. */
  static final long MOST = 1L << 31;

  private ArrowMemory() {}

  /** Returns an allocator without a bound, for children that have one. */
  static BufferAllocator root() {
    return new RootAllocator();
  }
}
