package io.github.visualbert.cli.draw;

/** How many colours a JPEG has. */
final class JpegColours {
  private JpegColours() {}

  /** Returns the components that the frame's header states; 0 for a file that is no plain JPEG. */
  static int count(byte[] file) {
    int at = 2;
    if (file.length < 4 || (file[0] & 0xff) != 0xff || (file[1] & 0xff) != 0xd8) {
      return 0;
    }
    while (at + 9 < file.length && (file[at] & 0xff) == 0xff) {
      int marker = file[at + 1] & 0xff;
      if (marker == 0xff) { // padding
        at++;
        continue;
      }
      boolean frame = marker >= 0xc0 && marker <= 0xcf;
      boolean table = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
      if (frame && !table) {
        return file[at + 9] & 0xff;
      }
      at += 2 + ((file[at + 2] & 0xff) << 8) + (file[at + 3] & 0xff);
    }
    return 0;
  }
}
