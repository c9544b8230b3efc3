package io.github.visualbert.simd;

import io.github.visualbert.kernel.Matrix;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** How wide vectors are: constants that the compiler folds into the kernels. */
final class Lanes {
  /** Rows in one panel. */
  static final int PANEL = Matrix.PANEL_ROWS;

  /** Rows in half a panel, the least that a product computes. */
  static final int OCTET = PANEL / 2;

  /** From one feature of a panel to the next, in bytes. */
  static final int PANEL_BYTES = PANEL * Float.BYTES;

  static final int OCTET_BYTES = OCTET * Float.BYTES;

  /** The vectors of everything that goes over whole panels; 16 lanes at most. */
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.vectorBitSize() > 512
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  static final int LENGTH = SPECIES.length();

  static final int VECTOR_BYTES = LENGTH * Float.BYTES;

  /** Vector width in bits: 128, 256 or 512. */
  static final int BITS = SPECIES.vectorBitSize();

  private static final Class<? extends FloatVector> VECTOR = FloatVector.zero(SPECIES).getClass();

  private Lanes() {}

  /**
   * Returns the same vector, of a class that C2 knows.
   *
   * <p>C2 takes the class of a vector from the profile of the library's methods, and where the
   * program has vectors of several widths it then makes objects of them: 4 GFLOP/s instead of 110.
   * A cast to a constant class tells it, and costs nothing. What comes from a load, a broadcast or
   * round a loop needs one; what is computed from a vector of known class has its class.
   */
  static FloatVector exact(FloatVector vector) {
    return VECTOR.cast(vector);
  }

  static FloatVector load(MemorySegment memory, long at) {
    return VECTOR.cast(FloatVector.fromMemorySegment(SPECIES, memory, at, Memory.ORDER));
  }

  static FloatVector broadcast(float value) {
    return VECTOR.cast(FloatVector.broadcast(SPECIES, value));
  }
}
