package io.github.visualbert.simd.generate;

import io.github.visualbert.simd.generate.Tile.Loop;
import io.github.visualbert.simd.generate.Tile.Species;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Generates the microkernels, which are one shape in many sizes.
 *
 * <p>C2 keeps the sums in registers only if a kernel is written out in full: no arrays of vectors,
 * no loop over rows, no methods of our own inside the loop over k. A new tile is one line in {@link
 * Family}.
 *
 * <p>The generated files are committed. To generate them again, run {@value #COMMAND} with Java 25
 * in the root of the repository.
 */
public final class MicrokernelWriter {
  /** The command that generates the files. */
  static final String COMMAND =
      "java simd/src/test/java/io/github/visualbert/simd/generate/MicrokernelWriter.java";

  private static final int LINE_LENGTH = 100;

  private final boolean bf16;
  private final boolean listed;
  private final StringBuilder text;
  private int indent;

  private MicrokernelWriter(Family family) {
    bf16 = family.weight == Family.Weight.BF16;
    listed = family.rows == Family.Rows.LISTED;
    text = new StringBuilder(family.header);
    indent = 2;
  }

  /** Generates the files; takes no arguments. */
  public static void main(String[] args) throws IOException {
    for (Family family : Family.values()) {
      Files.writeString(Path.of("simd").resolve(family.path()), source(family));
    }
  }

  /** Returns the source of a family's class. */
  static String source(Family family) {
    MicrokernelWriter writer = new MicrokernelWriter(family);
    for (Tile tile : family.tiles) {
      writer.text.append('\n');
      writer.javadoc(tile.javadoc());
      writer.kernel(tile);
    }
    writer.line("}");
    return writer.text.toString();
  }

  private void kernel(Tile tile) {
    signature(tile);
    begin(tile);
    line("int step = %s;", tile.loop().step);
    line("int n = k & INDEX;");
    line("for (int j = 0; j < n; j += step) {");
    step(tile);
    line("}");
    store(tile);
    line("}");
  }

  private void signature(Tile tile) {
    line("static void %s(", tile.name());
    lines(
        """
            MemorySegment wMemory,
            long w,
            long wRow,
            MemorySegment xMemory,
            long x,
            long xPanel,
        """);
    if (listed) {
      lines(
          """
              MemorySegment listMemory,
              long list,
          """);
    }
    lines(
        """
            int k,
            MemorySegment yMemory,
            long y,
            long yRow,
        """);
    if (tile.loop() == Loop.WIDENING) {
      lines(
          """
              long yPanel,
              boolean bf16,
              MemorySegment halves,
              long from,
          """);
      line("    long to) {");
    } else {
      line("    long yPanel) {");
    }
  }

  /** Writes what precedes the loop: the addresses of rows and panels, and sums of zero. */
  private void begin(Tile tile) {
    line("MemorySegment ws = Memory.of(wMemory);");
    line("MemorySegment xs = Memory.of(xMemory);");
    line("MemorySegment ys = Memory.of(yMemory);");
    for (int r = 0; r < tile.rows(); r++) {
      String row = (bf16 ? "w - BEFORE" : "w") + plusRows(r, "wRow");
      line("long w%d = %s & ADDRESS;", r, row.equals("w") ? row : "(" + row + ")");
    }
    if (tile.loop() == Loop.WIDENING) {
      line("MemorySegment hs = Memory.of(halves);");
      line("long h = from & ADDRESS;");
      line("long t = to & ADDRESS;");
    }
    for (int panel = 0; panel < tile.panels(); panel++) {
      line("long x%d = %s & ADDRESS;", panel, panel == 0 ? "x" : "(x + xPanel)");
    }
    if (listed) {
      line("MemorySegment ls = Memory.of(listMemory);");
      line("long l = list & ADDRESS;");
    }
    for (int v = 0; v < tile.vectors(); v++) {
      for (int r = 0; r < tile.rows(); r++) {
        line("FloatVector c%d%d = FloatVector.zero(%s);", r, v, tile.species());
      }
    }
    if (bf16) {
      line(
          "IntVector high = %s.cast(IntVector.broadcast(%s, HIGH));",
          tile.species().intType, tile.species().ints);
    }
  }

  /** Writes the body of the loop: loads the vectors of x, then adds each row's products. */
  private void step(Tile tile) {
    String type = tile.species().type;
    line("int i = %s;", tile.loop().index);
    line("long wj = (long) i * %s.BYTES;", bf16 ? "Short" : "Float");
    line("long xj = %s;", listed ? "ls.get(INT, l + wj) & INDEX" : "(long) i * PANEL_BYTES");
    for (int v = 0; v < tile.vectors(); v++) {
      String at = tile.isSecond(v) ? "(xj + " + tile.species().bytes + ")" : "xj";
      line(
          "FloatVector b%d = %s.cast(FloatVector.fromMemorySegment(%s, xs, x%d + %s, ORDER));",
          v, type, tile.species(), tile.panel(v), at);
    }
    for (int r = 0; r < tile.rows(); r++) {
      broadcast(tile, r);
      for (int v = 0; v < tile.vectors(); v++) {
        line("c%d%d = a%d.fma(b%d, %s.cast(c%d%d));", r, v, r, v, type, r, v);
      }
      if (tile.loop() == Loop.FENCED) {
        line("if (FENCED) {");
        line("VarHandle.loadLoadFence();");
        line("}");
      }
    }
    if (tile.loop() == Loop.WIDENING) {
      widen(tile);
    }
  }

  /**
   * Writes the widening: 6 rows of k weights are 3/8 k vectors of 16, so three steps in eight. It
   * is what {@code HalfWeights} does, after the products and without its methods: C2 stops inlining
   * methods other than those of the Vector API after 18,000 nodes, and each access to memory is
   * nearly 1,000.
   */
  private void widen(Tile tile) {
    if (tile.rows() != 6 || tile.species() != Species.S512) {
      throw new IllegalArgumentException(tile + " cannot widen, expected 6 rows and vectors of 16");
    }
    lines(
        """
        int eighths = 3 * i;
        if ((eighths & 7) < 3) {
          long vector = eighths >> 3;
          long ht = h + vector * (S512.vectorByteSize() / 2);
          long wt = t + vector * S512.vectorByteSize();
          IntVector bits =
              I512.cast(
                  ShortVector.fromMemorySegment(SHORTS_256, hs, ht, ORDER)
                      .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS_512, 0));
          if (bf16) {
            V512.cast(bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats())
                .intoMemorySegment(ws, wt, ORDER);
          } else {
            IntVector magnitude = bits.and(0x7fff);
            IntVector moved = magnitude.lanewise(VectorOperators.LSHL, 13);
            IntVector finite =
                V512.cast(moved.reinterpretAsFloats()).mul(F16_SCALE).reinterpretAsInts();
            IntVector infinite = moved.or(0x7f800000);
            IntVector value =
                finite.blend(infinite, magnitude.compare(VectorOperators.GE, F16_EXPONENT));
            IntVector sign = bits.and(0x8000).lanewise(VectorOperators.LSHL, 16);
            V512.cast(value.or(sign).reinterpretAsFloats()).intoMemorySegment(ws, wt, ORDER);
          }
        }
        """);
  }

  private void broadcast(Tile tile, int r) {
    Species species = tile.species();
    if (bf16) {
      line("FloatVector a%d =", r);
      line("    %s.cast(", species.type);
      line(
          "        %s.cast(IntVector.broadcast(%s, ws.get(INT, w%d + wj)))",
          species.intType, species.ints, r);
      line("            .and(high)");
      line("            .reinterpretAsFloats());");
    } else {
      line(
          "FloatVector a%d = %s.cast(FloatVector.broadcast(%s, ws.get(FLOAT, w%d + wj)));",
          r, species.type, species, r);
    }
  }

  private void store(Tile tile) {
    for (int panel = 0; panel < tile.panels(); panel++) {
      line("long y%d = %s;", panel, panel == 0 ? "y" : "y + yPanel");
    }
    for (int r = 0; r < tile.rows(); r++) {
      for (int v = 0; v < tile.vectors(); v++) {
        String at = "y" + tile.panel(v) + plusRows(r, "yRow");
        line(
            "%s.cast(c%d%d).intoMemorySegment(ys, %s, ORDER);",
            tile.species().type, r, v, tile.isSecond(v) ? at + " + " + tile.species().bytes : at);
      }
    }
  }

  private static String plusRows(int count, String row) {
    return switch (count) {
      case 0 -> "";
      case 1 -> " + " + row;
      default -> " + " + count + " * " + row;
    };
  }

  /** Writes a Javadoc comment, with lines filled as the formatter does. */
  private void javadoc(String comment) {
    String oneLine = "/** " + String.join(" ", comment.split("\\s+")) + " */";
    if (!comment.contains("\n\n") && indent + oneLine.length() <= LINE_LENGTH) {
      line("%s", oneLine);
      return;
    }
    line("/**");
    String[] paragraphs = comment.split("\n\n");
    for (int i = 0; i < paragraphs.length; i++) {
      if (i > 0) {
        line(" *");
      }
      StringBuilder line = new StringBuilder(" *");
      for (String word : paragraphs[i].split("\\s+")) {
        if (indent + line.length() + 1 + word.length() > LINE_LENGTH) {
          line("%s", line);
          line = new StringBuilder(" *");
        }
        line.append(' ').append(word);
      }
      line("%s", line);
    }
    line(" */");
  }

  /** Writes several lines and keeps their relative indentation. */
  private void lines(String block) {
    text.append(block.indent(indent));
  }

  /** Writes a line, indented by the open braces, and broken after "=" if it is too long. */
  private void line(String format, Object... arguments) {
    String line = format.formatted(arguments);
    if (line.startsWith("}")) {
      indent -= 2;
    }
    String margin = " ".repeat(indent);
    if (indent + line.length() > LINE_LENGTH) {
      line = line.replaceFirst(" = ", " =\n" + margin + "    ");
    }
    text.append(margin).append(line).append('\n');
    if (line.endsWith("{")) {
      indent += 2;
    }
  }
}
