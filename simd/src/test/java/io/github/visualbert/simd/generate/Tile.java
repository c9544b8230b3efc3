package io.github.visualbert.simd.generate;

/**
 * One microkernel: what it computes at once, and how.
 *
 * @param name its method
 * @param rows of w, each broadcast
 * @param vectors of x, side by side in the panels from the first lane on
 * @param comment its Javadoc, with a blank line between paragraphs
 */
record Tile(String name, int rows, int vectors, Species species, Loop loop, String comment) {
  Tile(String name, int rows, int vectors, Species species, Loop loop) {
    this(name, rows, vectors, species, loop, "");
  }

  /** Returns the same tile with a comment. */
  Tile comment(String text) {
    return new Tile(name, rows, vectors, species, loop, text);
  }

  /** Vectors of one width, and the names that the kernels have for it. */
  enum Species {
    S512("V512", "INTS_512", "I512", 1, ""),
    S256("V256", "INTS_256", "I256", 2, "OCTET_BYTES"),
    PAIR("VPAIR", "", "", 2, "PAIR_BYTES");

    /** The class of such a vector, for casts. */
    final String type;

    /** The same for ints: species and class. */
    final String ints;

    final String intType;

    private final int perPanel;

    /** From the first vector of a panel to the second. */
    final String bytes;

    Species(String type, String ints, String intType, int perPanel, String bytes) {
      this.type = type;
      this.ints = ints;
      this.intType = intType;
      this.perPanel = perPanel;
      this.bytes = bytes;
    }
  }

  /** How the loop over k is written. */
  enum Loop {
    /** With a step that C2 does not know. */
    OPEN("openStep", "j & INDEX"),
    /** The same, and half-precision weights of the next tile become floats beside the products. */
    WIDENING(OPEN.step, OPEN.index),
    /** As a counted loop where memory accesses are checked, else with an open step. */
    COUNTED("COUNTED ? 1 : openStep", "COUNTED ? j : j & INDEX"),
    /** As a counted loop also where registers are few, and then with a fence after each row. */
    FENCED("COUNTED_PAIR ? 1 : openStep", "COUNTED_PAIR ? j : j & INDEX");

    final String step;
    final String index;

    Loop(String step, String index) {
      this.step = step;
      this.index = index;
    }
  }

  /** Returns how many panels the vectors are in. */
  int panels() {
    return panel(vectors - 1) + 1;
  }

  /** Returns the panel of a vector. */
  int panel(int vector) {
    return vector / species.perPanel;
  }

  /** Returns whether a vector is the second one of its panel. */
  boolean isSecond(int vector) {
    return vector % species.perPanel == 1;
  }
}
