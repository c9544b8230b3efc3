package io.github.visualbert.simd;

import io.github.visualbert.kernel.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** The widths of vectors and panels, as constants that C2 folds into the kernels. */
final class Lanes {
  /** Rows in one panel. */
  static final int PANEL = Matrix.PANEL_ROWS;

  /** Rows in half a panel, the fewest that a product computes. */
  static final int OCTET = PANEL / 2;

  /** Bytes from one feature of a panel to the next. */
  static final int PANEL_BYTES = PANEL * Float.BYTES;

  static final int OCTET_BYTES = OCTET * Float.BYTES;

  /** The widest species that fits a panel. All that works on whole panels uses it. */
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.vectorBitSize() > 512
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  static final int LENGTH = SPECIES.length();

  static final int VECTOR_BYTES = LENGTH * Float.BYTES;

  /** Vector width in bits: 128, 256 or 512. */
  static final int BITS = SPECIES.vectorBitSize();

  /** As many ints: for masks and for numbers that are only moved. */
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SPECIES.vectorShape());

  private static final Class<? extends IntVector> INT_VECTOR = IntVector.zero(INTS).getClass();

  private static final Class<? extends FloatVector> VECTOR = FloatVector.zero(SPECIES).getClass();

  private Lanes() {}

  /**
   * Returns the same vector, with a class that C2 knows.
   *
   * <p>C2 takes the class of a vector from type profiles inside the Vector API. In a program with
   * vectors of several widths these profiles are ambiguous, and C2 boxes the vectors: 4 GFLOP/s
   * instead of 110. A cast to a constant class settles the type and costs nothing. Loads,
   * broadcasts and loop-carried vectors need the cast; what is computed from them inherits the
   * class.
   */
  static FloatVector exact(FloatVector vector) {
    return VECTOR.cast(vector);
  }

  /** As {@link #exact}, of ints. */
  static IntVector exactInts(IntVector vector) {
    return INT_VECTOR.cast(vector);
  }

  static IntVector loadInts(MemorySegment memory, long at) {
    return INT_VECTOR.cast(IntVector.fromMemorySegment(INTS, memory, at, Memory.ORDER));
  }

  static FloatVector load(MemorySegment memory, long at) {
    return VECTOR.cast(FloatVector.fromMemorySegment(SPECIES, memory, at, Memory.ORDER));
  }

  static FloatVector broadcast(float value) {
    return VECTOR.cast(FloatVector.broadcast(SPECIES, value));
  }
}
