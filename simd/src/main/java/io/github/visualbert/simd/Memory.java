package io.github.visualbert.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How kernels reach native memory.
 *
 * <p>With native access enabled for this module, they use one constant segment that covers all of
 * it: C2 then proves every access in bounds from the types alone and keeps no bounds, owners or
 * arenas in registers. {@link Kernels} arguments are checked at the entry of an operation, so what
 * lies within a matrix is all that is reached. Without that permission, which the JVM would answer
 * with a warning, each access is checked against its own segment. The code is the same; {@code
 * docs/performance.md} has the price.
 */
final class Memory {
  /** Whether kernels address memory by absolute addresses; if not, by offsets into segments. */
  static final boolean ABSOLUTE =
      Memory.class.getModule().isNativeAccessEnabled()
          && !Boolean.getBoolean("visualbert.simd.bounded");

  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Weights lie where the file has them, at any address. */
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  /**
   * All bits that addresses and offsets have. Masked with it at a kernel's entry, a base is known
   * to be far from the overflow of a long, and so is its sum with an int: the proof that lets C2
   * drop the bounds check.
   */
  static final long ADDRESS = Long.MAX_VALUE >> 1;

  private static final MemorySegment ALL = all();

  private Memory() {}

  @SuppressWarnings("restricted") // only where it is permitted
  private static MemorySegment all() {
    return ABSOLUTE ? MemorySegment.NULL.reinterpret(Long.MAX_VALUE) : MemorySegment.NULL;
  }

  /** Returns the segment through which a kernel reaches what it was given as {@code segment}. */
  static MemorySegment of(MemorySegment segment) {
    return ABSOLUTE ? ALL : segment;
  }

  /** Returns where {@code segment} begins within {@link #of} it. */
  static long begin(MemorySegment segment) {
    return ABSOLUTE ? segment.address() : 0;
  }
}
