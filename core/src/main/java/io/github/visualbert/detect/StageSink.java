package io.github.visualbert.detect;

/**
 * Receives what every stage of a detector computes, under the names of the golden data.
 *
 * <p>Called by the thread that traces, in the order of computation. The arrays are the sink's to
 * keep.
 */
public interface StageSink {
  /** Receives numbers in row-major order. */
  void floats(String name, float[] values, long... shape);

  /** Receives indices, labels or sizes in row-major order. */
  void longs(String name, long[] values, long... shape);
}
