package io.github.visualbert.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What all microkernels share: constants that C2 folds into them, and the step it must not know.
 */
final class MicrokernelConstants {
  /** Rows of w in one product. */
  static final int ROWS = 6;

  /** The longest product, so that an index times the bytes of a panel row is an int. */
  static final int INDEX = (1 << 24) - 1;

  static final VectorSpecies<Float> S256 = FloatVector.SPECIES_256;
  static final VectorSpecies<Float> S512 = FloatVector.SPECIES_512;
  static final VectorSpecies<Float> PAIR = Lanes.BITS >= 256 ? S256 : FloatVector.SPECIES_128;
  static final int PAIR_BYTES = PAIR.vectorByteSize();
  static final VectorSpecies<Integer> INTS_256 = IntVector.SPECIES_256;
  static final VectorSpecies<Integer> INTS_512 = IntVector.SPECIES_512;

  /**
   * The classes of these vectors. Several widths in one program mislead C2, which takes the class
   * of a vector from the profile of the library's methods and, where that shows two, makes objects
   * of vectors. A cast to a constant class tells it, and costs nothing.
   */
  static final Class<? extends FloatVector> V256 = FloatVector.zero(S256).getClass();

  static final Class<? extends FloatVector> V512 = FloatVector.zero(S512).getClass();
  static final Class<? extends FloatVector> VPAIR = FloatVector.zero(PAIR).getClass();
  static final Class<? extends IntVector> I256 = IntVector.zero(INTS_256).getClass();
  static final Class<? extends IntVector> I512 = IntVector.zero(INTS_512).getClass();

  /** Lanes of {@link Microkernels#pair}. */
  static final int PAIR_LANES = 2 * PAIR.length();

  /** 16 vector registers are too few for what C2 would load at once: x64 without AVX-512. */
  private static final boolean FEW_REGISTERS =
      Lanes.BITS < 512 && System.getProperty("os.arch").matches("amd64|x86_64");

  static final boolean FENCED = FEW_REGISTERS && Memory.ABSOLUTE;

  /**
   * Whether loops count by a constant. C2 takes a counted loop apart into a loop before, a main
   * loop and a loop after, unrolls it, and compiles it all; a loop whose step it does not know
   * stays one body, which here is as fast and is compiled sooner. Bounds checks leave counted loops
   * only.
   */
  static final boolean COUNTED = !Memory.ABSOLUTE;

  static final boolean COUNTED_PAIR = COUNTED || FEW_REGISTERS;

  /**
   * Always 1; not final, so that C2 does not know. It then knows nothing of the index either, which
   * is masked to say that it is small; an index that C2 counts by itself must not be, or sums are
   * spilled again.
   */
  static int openStep = 1;

  private MicrokernelConstants() {}
}
