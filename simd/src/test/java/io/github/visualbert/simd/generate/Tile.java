package io.github.visualbert.simd.generate;

/**
 * What one microkernel computes at once, and how.
 *
 * @param name the method's name
 * @param rows rows of w, whose weights are broadcast
 * @param vectors vectors of x, side by side from the first lane of the first panel
 * @param note what the Javadoc says after the size of the tile; blank lines separate paragraphs
 */
record Tile(String name, int rows, int vectors, Species species, Loop loop, String note) {
  Tile(String name, int rows, int vectors, Species species, Loop loop) {
    this(name, rows, vectors, species, loop, "");
  }

  /** The vectors of a tile, by the names that {@code MicrokernelConstants} has for them. */
  enum Species {
    S512("512 bits", "V512", "INTS_512", "I512", 1, ""),
    S256("256 bits", "V256", "INTS_256", "I256", 2, "OCTET_BYTES"),
    PAIR("256 bits, or 128 where no wider ones exist", "VPAIR", "", "", 2, "PAIR_BYTES");

    private final String width;

    /** The class of the vectors. */
    final String type;

    /** The species of as many ints. */
    final String ints;

    /** The class of vectors of ints. */
    final String intType;

    private final int perPanel;

    /** The bytes of a vector, where a panel has two. */
    final String bytes;

    Species(String width, String type, String ints, String intType, int perPanel, String bytes) {
      this.width = width;
      this.type = type;
      this.ints = ints;
      this.intType = intType;
      this.perPanel = perPanel;
      this.bytes = bytes;
    }
  }

  /** How the loop over k is written; {@code MicrokernelConstants} says why. */
  enum Loop {
    /** The step is unknown to C2. */
    OPEN("openStep", "j & INDEX"),
    /** As {@link #OPEN}; the body also widens half-precision weights of another tile. */
    WIDENING(OPEN.step, OPEN.index),
    /** Counted if memory access is checked, otherwise as {@link #OPEN}. */
    COUNTED("COUNTED ? 1 : openStep", "COUNTED ? j : j & INDEX"),
    /** As {@link #COUNTED}; with few registers also counted, with a fence after each row. */
    FENCED("COUNTED_PAIR ? 1 : openStep", "COUNTED_PAIR ? j : j & INDEX");

    final String step;
    final String index;

    Loop(String step, String index) {
      this.step = step;
      this.index = index;
    }
  }

  /** Returns the same tile with a note. */
  Tile note(String text) {
    return new Tile(name, rows, vectors, species, loop, text);
  }

  /** Returns the text of the method's Javadoc. */
  String javadoc() {
    String size =
        "%d rows by %d %s of %s."
            .formatted(rows, vectors, vectors == 1 ? "vector" : "vectors", species.width);
    return (size + " " + note).strip();
  }

  /** Returns the number of panels that the vectors are in. */
  int panels() {
    return panel(vectors - 1) + 1;
  }

  /** Returns the panel that a vector is in. */
  int panel(int vector) {
    return vector / species.perPanel;
  }

  /** Returns whether a vector is the second one of its panel. */
  boolean isSecond(int vector) {
    return vector % species.perPanel == 1;
  }
}
