package io.github.visualbert.simd.generate;

import static io.github.visualbert.simd.generate.Tile.Loop.COUNTED;
import static io.github.visualbert.simd.generate.Tile.Loop.FENCED;
import static io.github.visualbert.simd.generate.Tile.Loop.OPEN;
import static io.github.visualbert.simd.generate.Tile.Loop.WIDENING;
import static io.github.visualbert.simd.generate.Tile.Species.PAIR;
import static io.github.visualbert.simd.generate.Tile.Species.S256;
import static io.github.visualbert.simd.generate.Tile.Species.S512;

import java.nio.file.Path;
import java.util.List;

/** One class of microkernels, which read weights of one type. */
enum Family {
  F32(
      "Microkernels",
      Weight.F32,
      """
      package io.github.visualbert.simd;

      import static io.github.visualbert.simd.Lanes.OCTET_BYTES;
      import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
      import static io.github.visualbert.simd.Memory.ADDRESS;
      import static io.github.visualbert.simd.Memory.FLOAT;
      import static io.github.visualbert.simd.Memory.ORDER;
      import static io.github.visualbert.simd.MicrokernelConstants.COUNTED;
      import static io.github.visualbert.simd.MicrokernelConstants.COUNTED_PAIR;
      import static io.github.visualbert.simd.MicrokernelConstants.FENCED;
      import static io.github.visualbert.simd.MicrokernelConstants.INDEX;
      import static io.github.visualbert.simd.MicrokernelConstants.PAIR;
      import static io.github.visualbert.simd.MicrokernelConstants.PAIR_BYTES;
      import static io.github.visualbert.simd.MicrokernelConstants.S256;
      import static io.github.visualbert.simd.MicrokernelConstants.S512;
      import static io.github.visualbert.simd.MicrokernelConstants.V256;
      import static io.github.visualbert.simd.MicrokernelConstants.V512;
      import static io.github.visualbert.simd.MicrokernelConstants.VPAIR;
      import static io.github.visualbert.simd.MicrokernelConstants.openStep;

      import java.lang.foreign.MemorySegment;
      import java.lang.invoke.VarHandle;
      import jdk.incubator.vector.FloatVector;

      /**
       * The innermost products: {@code y[r][lane] = sum over j of w[r][j] · x[j][lane]} for 6 rows of w
       * and some lanes of one or two panels.
       *
       * <p>A weight is broadcast and meets whole vectors of x, so weights are used as the file has them,
       * nothing is reduced across lanes, and each number is one chain of fused multiply-adds over
       * ascending j, whatever the vector width. Everything here is chosen by reading what C2 makes of it;
       * the measurements are in {@code docs/performance.md}.
       *
       * <p>All take the same arguments: rows of w at {@code w}, {@code wRow} bytes apart (0 repeats one
       * row); element (j, lane) of the panels at {@code x + j * 64 + lane * 4}, the second panel {@code
       * xPanel} bytes further; rows of y at {@code y}, {@code yRow} bytes apart, the second panel {@code
       * yPanel} bytes further.
       */
      final class Microkernels {
        private Microkernels() {}
      """,
      new Tile("lanes32", 6, 2, S512, OPEN)
          .comment(
              """
              6 rows and 2 panels, with 512-bit vectors. 12 sums, 2 of x, and registers left for 6
              weights.
              """),
      new Tile("lanes32Widening", 6, 2, S512, WIDENING)
          .comment(
              """
              The same, and widens half-size weights meanwhile, as many as 6 rows have: BF16 or F16
              at {@code from}, to floats at {@code to} of w's memory. A vector of 16 in three of
              eight steps is six numbers a step; so they come from memory while this computes.

              <p>A method of its own, or C2 would keep registers for it in the other.

              @param k a multiple of 8
              """),
      new Tile("lanes24", 6, 3, S256, COUNTED)
          .comment("6 rows and 1.5 panels, with 256-bit vectors of which there are 32."),
      new Tile("lanes24By3", 3, 3, S256, COUNTED)
          .comment(
              """
              3 rows and 1.5 panels, with 256-bit vectors of which there are 16: 9 sums, 3 of x and 3
              weights, so nothing needs a fence.
              """),
      new Tile("pair", 6, 2, PAIR, FENCED)
          .comment(
              """
              6 rows and two vectors side by side: 16 lanes with vectors of 256 bits or more, 8 lanes
              with 128.

              <p>12 sums, 2 of x and 1 weight are 15 registers of 16. C2 loads all that a loop body
              needs before it computes, which spills sums and halves the speed; a fence after each
              row, no instruction on x64, keeps the next weight from being loaded early.
              """),
      new Tile("lanes8", 6, 1, S256, COUNTED)
          .comment("6 rows and half a panel, with 256-bit vectors.")),
  BF16(
      "Bf16Microkernels",
      Weight.BF16,
      """
      package io.github.visualbert.simd;

      import static io.github.visualbert.simd.Lanes.OCTET_BYTES;
      import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
      import static io.github.visualbert.simd.Memory.ADDRESS;
      import static io.github.visualbert.simd.Memory.ORDER;
      import static io.github.visualbert.simd.MicrokernelConstants.I256;
      import static io.github.visualbert.simd.MicrokernelConstants.I512;
      import static io.github.visualbert.simd.MicrokernelConstants.INDEX;
      import static io.github.visualbert.simd.MicrokernelConstants.INTS_256;
      import static io.github.visualbert.simd.MicrokernelConstants.INTS_512;
      import static io.github.visualbert.simd.MicrokernelConstants.S256;
      import static io.github.visualbert.simd.MicrokernelConstants.S512;
      import static io.github.visualbert.simd.MicrokernelConstants.V256;
      import static io.github.visualbert.simd.MicrokernelConstants.V512;
      import static io.github.visualbert.simd.MicrokernelConstants.openStep;

      import java.lang.foreign.MemorySegment;
      import java.lang.foreign.ValueLayout;
      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /**
       * The products of {@link Microkernels} with BF16 weights as they are: the same numbers, to the bit.
       *
       * <p>A BF16 number is the high half of a float. What is broadcast are the four bytes that end with
       * a weight, so that it lies where a float has it; a mask clears the half below, which is the weight
       * before. That is one instruction for each weight, of a kind that does not wait for the units of
       * the products (on processors where it does, see {@link PanelProduct}).
       *
       * <p>How a weight is read is written out at each, since methods of ours in a loop as long as this
       * are where C2 ends inlining.
       *
       * <p>All take the arguments of those, and need absolute addresses ({@link Memory#ABSOLUTE}) of
       * which the {@value #BEFORE} bytes before a row can be read.
       */
      final class Bf16Microkernels {
        /** How many bytes before a weight are read with it. */
        static final int BEFORE = Float.BYTES - Short.BYTES;

        private static final int HIGH = 0xffff0000;

        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

        private Bf16Microkernels() {}
      """,
      new Tile("lanes32", 6, 2, S512, OPEN).comment("6 rows and 2 panels, with 512-bit vectors."),
      new Tile("lanes24", 6, 3, S256, OPEN)
          .comment("6 rows and 1.5 panels, with 256-bit vectors of which there are 32."),
      new Tile("lanes16", 6, 2, S256, OPEN)
          .comment("6 rows and 1 panel, with 256-bit vectors of which there are 32."),
      new Tile("lanes8", 6, 1, S256, OPEN)
          .comment("6 rows and half a panel, with 256-bit vectors."),
      new Tile("lanes24By3", 3, 3, S256, OPEN)
          .comment(
              """
              3 rows and 1.5 panels, with 256-bit vectors of which there are 16: 9 sums, 3 of x, 3
              weights and the mask. 6 rows and a panel would be one too many.
              """));

  /** How weights are stored. */
  enum Weight {
    F32,
    BF16
  }

  final Weight weight;

  /** The file up to the first kernel. */
  final String header;

  final List<Tile> tiles;
  private final String name;

  Family(String name, Weight weight, String header, Tile... tiles) {
    this.name = name;
    this.weight = weight;
    this.header = header;
    this.tiles = List.of(tiles);
  }

  /** Returns the file, in the folder of {@code simd}. */
  Path path() {
    return Path.of("src/main/java/io/github/visualbert/simd", name + ".java");
  }
}
