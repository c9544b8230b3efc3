package io.github.visualbert.picture;

import java.io.ByteArrayOutputStream;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/** The default Huffman tables, which a JPEG may leave out, as the frames of Motion JPEG do. */
final class JpegTables {
  private static final byte[] SEGMENT = make();

  private JpegTables() {}

  /** Returns a segment that defines the tables. Not to be modified. */
  static byte[] segment() {
    return SEGMENT;
  }

  private static byte[] make() {
    ByteArrayOutputStream tables = new ByteArrayOutputStream();
    add(0x00, JPEGHuffmanTable.StdDCLuminance, tables);
    add(0x01, JPEGHuffmanTable.StdDCChrominance, tables);
    add(0x10, JPEGHuffmanTable.StdACLuminance, tables);
    add(0x11, JPEGHuffmanTable.StdACChrominance, tables);
    ByteArrayOutputStream segment = new ByteArrayOutputStream();
    int length = 2 + tables.size();
    segment.writeBytes(new byte[] {(byte) 0xff, (byte) 0xc4, (byte) (length >> 8), (byte) length});
    segment.writeBytes(tables.toByteArray());
    return segment.toByteArray();
  }

  private static void add(int id, JPEGHuffmanTable table, ByteArrayOutputStream out) {
    out.write(id);
    for (int length = 0; length < 16; length++) {
      out.write(length < table.getLengths().length ? table.getLengths()[length] : 0);
    }
    for (short value : table.getValues()) {
      out.write(value);
    }
  }
}
