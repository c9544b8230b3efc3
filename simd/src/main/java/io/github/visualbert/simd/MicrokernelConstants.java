package io.github.visualbert.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the microkernels share: the tile, the vectors, and how loops are written for C2.
 *
 * <p>C2 folds all of it but {@link #openStep}. The shapes were chosen by reading the code that C2
 * emits; {@code docs/performance.md} has the measurements, under "What decided the speed".
 */
final class MicrokernelConstants {
  /** Rows of w in one tile. */
  static final int ROWS = 6;

  /**
   * The largest k, and the mask of an index. Times {@link Lanes#PANEL_BYTES} it is still an int.
   */
  static final int INDEX = (1 << 24) - 1;

  static final VectorSpecies<Float> S256 = FloatVector.SPECIES_256;
  static final VectorSpecies<Float> S512 = FloatVector.SPECIES_512;

  /** The vectors of {@link Microkernels#pair}: 256 bits, or 128 where no wider ones exist. */
  static final VectorSpecies<Float> PAIR = Lanes.BITS >= 256 ? S256 : FloatVector.SPECIES_128;

  static final int PAIR_BYTES = PAIR.vectorByteSize();

  /** Lanes of {@link Microkernels#pair}. */
  static final int PAIR_LANES = 2 * PAIR.length();

  static final VectorSpecies<Integer> INTS_256 = IntVector.SPECIES_256;
  static final VectorSpecies<Integer> INTS_512 = IntVector.SPECIES_512;
  static final VectorSpecies<Short> SHORTS_256 = ShortVector.SPECIES_256;

  /** The classes of these vectors, for casts: {@link Lanes#exact} says why. */
  static final Class<? extends FloatVector> V256 = FloatVector.zero(S256).getClass();

  static final Class<? extends FloatVector> V512 = FloatVector.zero(S512).getClass();
  static final Class<? extends FloatVector> VPAIR = FloatVector.zero(PAIR).getClass();
  static final Class<? extends IntVector> I256 = IntVector.zero(INTS_256).getClass();
  static final Class<? extends IntVector> I512 = IntVector.zero(INTS_512).getClass();

  /** Whether the processor has 16 vector registers instead of 32: x64 without AVX-512. */
  private static final boolean FEW_REGISTERS =
      Lanes.BITS < 512 && System.getProperty("os.arch").matches("amd64|x86_64");

  /** Whether {@link Microkernels#pair} has a fence after each row. */
  static final boolean FENCED = FEW_REGISTERS && Memory.ABSOLUTE;

  /**
   * Whether loops are counted, with a step of 1 that C2 knows. C2 splits a counted loop into
   * pre-loop, main loop and post-loop, unrolls it, and compiles all of that. A loop with an unknown
   * step stays one body. That is as fast here and is compiled sooner, but C2 eliminates range
   * checks in counted loops only, and checked memory access needs that.
   */
  static final boolean COUNTED = !Memory.ABSOLUTE;

  /** The same for {@link Microkernels#pair}. */
  static final boolean COUNTED_PAIR = COUNTED || FEW_REGISTERS;

  /**
   * The step of loops that are not counted: always 1, but not final, so C2 does not know it. C2
   * then has no range for the index either; the mask {@link #INDEX} gives it one. The index of a
   * counted loop must not be masked, or C2 spills sums.
   */
  static int openStep = 1;

  private MicrokernelConstants() {}
}
