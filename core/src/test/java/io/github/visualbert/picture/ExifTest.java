package io.github.visualbert.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Pillow 12.3 finds in the same bytes; 0 stands for no tag, 1 also for data that are none. */
class ExifTest {
  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "a short,              0112 0003 00000001 00060000, 6",
    "a long,               0112 0004 00000001 00000006, 6",
    "a signed byte,        0112 0006 00000001 06000000, 6",
    "a signed short,       0112 0008 00000001 00060000, 6",
    "a signed long,        0112 0009 00000001 00000006, 6",
    "a float,              0112 000b 00000001 40c00000, 6",
    "half a turn,          0112 000b 00000001 40a80000, 1",
    "a directory,          0112 000d 00000001 00000006, 6",
    "two shorts,           0112 0003 00000002 00060003, 6",
    "a byte,               0112 0001 00000001 06000000, 1",
    "a text,               0112 0002 00000002 36000000, 1",
    "undefined,            0112 0007 00000001 06000000, 1",
    "zero,                 0112 0003 00000001 00000000, 1",
    "nine,                 0112 0003 00000001 00090000, 1",
    "minus one,            0112 0008 00000001 ffff0000, 1",
    "no value,             0112 0003 00000000 00060000, 0",
    "an unknown type,      0112 0063 00000001 00060000, 0",
    "another tag,          0113 0003 00000001 00060000, 0",
    "three shorts,         0112 0003 00000003 00000000, 1",
    "a value too far,      0112 0003 00000003 00000100, 0",
    "a value without end,  0112 000c ffffffff 00000000, 0",
    "a fraction,           0112 0005 00000001 0000001a, 6",
    "a signed fraction,    0112 000a 00000001 0000001a, 6",
    "a double,             0112 000c 00000001 00000022, 6",
    "a long of 8 bytes,    0112 0010 00000001 0000002a, 6",
    "nothing of nothing,   0112 0005 00000001 00000016, 1"
  })
  void entriesAreReadByTheirType(String what, String entry, int expected) {
    String values = " 00000000 00000006 00000001 4018000000000000 0000000000000006";
    assertThat(Exif.orientation(bytes("4d4d002a 00000008 0001" + entry + values)))
        .as(what)
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "little end first,     49492a00 08000000 0100 12010300 01000000 08000000, 8",
    "42 turned round,      4d4d2a00 00000008 0001 01120003 00000001 00080000, 8",
    "42 turned round too,  4949002a 08000000 0100 12010300 01000000 08000000, 8",
    "named twice,          457869660000 4d4d002a 00000008 0001 01120003 00000001 00080000, 8",
    "elsewhere,            4d4d002a 0000000b 000000 0001 01120003 00000001 00080000, 8",
    "the last of two,      4d4d002a 00000008 0002 01120003 00000001 00060000 01120003 00000001"
        + " 00080000, 8",
    "the last that is,     4d4d002a 00000008 0002 01120003 00000001 00060000 01120003 00000000"
        + " 00080000, 6",
    "before a broken one,  4d4d002a 00000008 0002 01120003 00000001 00060000 01100002 000000ff"
        + " 00000000, 6",
    "after a broken one,   4d4d002a 00000008 0002 01100002 000000ff 00000000 01120003 00000001"
        + " 00060000, 0",
    "more were promised,   4d4d002a 00000008 ffff 01120003 00000001 00060000, 6",
    "a byte is missing,    4d4d002a 00000008 0001 01120003 00000001 000600, 0",
    "no directory,         4d4d002a 00000008 00, 0",
    "a directory too far,  4d4d002a ffffffff 0001 01120003 00000001 00060000, 0",
    "another number,       4d4d0055 00000008 0001 01120003 00000001 00060000, 1",
    "no byte order,        5858002a 00000008 0001 01120003 00000001 00060000, 1",
    "mixed byte orders,    4d49002a 00000008 0001 01120003 00000001 00060000, 1",
    "seven bytes,          4d4d002a 000000, 1",
    "only a name,          457869660000, 0"
  })
  void directoriesAreReadAsFarAsTheyGo(String what, String data, int expected) {
    assertThat(Exif.orientation(bytes(data))).as(what).isEqualTo(expected);
  }

  @Test
  void anyBytesHaveAnAnswer() {
    byte[] good =
        bytes("4d4d002a 00000008 0002 010f0002 00000009 0000001a 01120003 00000001 00060000");
    Random random = new Random(4);
    int[] found = new int[9];
    for (int i = 0; i < 200_000; i++) {
      byte[] data = Arrays.copyOf(good, random.nextInt(60));
      for (int edits = random.nextInt(4); edits > 0 && data.length > 0; edits--) {
        data[random.nextInt(data.length)] =
            (byte) (random.nextBoolean() ? -1 : random.nextInt(256));
      }
      found[Exif.orientation(data)]++;
    }
    assertThat(found[0]).isPositive();
    assertThat(found[1]).isPositive();
    assertThat(found[6]).isPositive();
  }
}
