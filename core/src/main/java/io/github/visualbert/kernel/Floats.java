package io.github.visualbert.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Copies between native memory and the arrays that the scalar kernels compute in.
 *
 * <p>The only place that does: the JIT compiles these two methods once, not a copy in every loop
 * that needs one.
 */
final class Floats {
  private Floats() {}

  /** Copies {@code count} floats from index {@code from} of a segment into an array. */
  static void load(MemorySegment segment, long from, float[] a, int to, int count) {
    MemorySegment.copy(segment, JAVA_FLOAT, from * Float.BYTES, a, to, count);
  }

  /** Copies {@code count} floats of an array to index {@code to} of a segment. */
  static void store(float[] a, int from, MemorySegment segment, long to, int count) {
    MemorySegment.copy(a, from, segment, JAVA_FLOAT, to * Float.BYTES, count);
  }
}
