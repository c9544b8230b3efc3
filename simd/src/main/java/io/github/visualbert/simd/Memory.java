package io.github.visualbert.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * How kernels access native memory.
 *
 * <p>With native access enabled for this module, kernels use one constant segment that covers the
 * whole address space. C2 then proves every access in bounds from types alone, and keeps no bounds
 * or scopes in registers. The arguments of an operation are checked at its entry, so kernels stay
 * within the given matrices.
 *
 * <p>Without native access, making that segment would print a warning. So each access is checked
 * against its own segment. The kernels' code is the same; {@code docs/performance.md} has the cost,
 * under "What decided the speed".
 */
final class Memory {
  /** Whether kernels use absolute addresses; otherwise they use offsets into segments. */
  static final boolean ABSOLUTE =
      Memory.class.getModule().isNativeAccessEnabled()
          && !Boolean.getBoolean("visualbert.simd.bounded");

  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Unaligned: weights are where the file has them, at any address. */
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  /**
   * The bits that an address or offset can have. Kernels mask their base addresses with it at
   * entry. C2 then knows that base plus int cannot overflow, and eliminates the bounds check.
   */
  static final long ADDRESS = Long.MAX_VALUE >> 1;

  private static final MemorySegment ALL = all();

  private Memory() {}

  @SuppressWarnings("restricted") // called with native access only
  private static MemorySegment all() {
    return ABSOLUTE ? MemorySegment.NULL.reinterpret(Long.MAX_VALUE) : MemorySegment.NULL;
  }

  /** Returns the segment that kernels use to access {@code segment}. */
  static MemorySegment of(MemorySegment segment) {
    return ABSOLUTE ? ALL : segment;
  }

  /** Returns the offset of {@code segment} in the segment that {@link #of} returns. */
  static long begin(MemorySegment segment) {
    return ABSOLUTE ? segment.address() : 0;
  }
}
