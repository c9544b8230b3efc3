package io.github.visualbert.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.OpGolden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The three ways of resizing against the programs that they reproduce. */
class ResizeTest {
  private final List<String> failures = new ArrayList<>();

  @Test
  void torch() {
    for (OpGolden golden : OpGolden.all("resize_torch")) {
      OpGolden.Values x = golden.in("x");
      resize(
          golden,
          ResizeAxis.torch(x.size(1), golden.arguments().getInt("width")),
          ResizeAxis.torch(x.size(0), golden.arguments().getInt("height")));
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void openCv() {
    for (OpGolden golden : OpGolden.all("resize_opencv")) {
      OpGolden.Values x = golden.in("x");
      double scale = golden.arguments().getDouble("scale");
      resize(golden, ResizeAxis.openCv(x.size(1), scale), ResizeAxis.openCv(x.size(0), scale));
    }
    assertThat(failures).isEmpty();
  }

  private void resize(OpGolden golden, ResizeAxis across, ResizeAxis down) {
    OpGolden.Values x = golden.in("x");
    float[] pixels = x.floats();
    golden.compare(
        "y",
        Resize.bilinear(
            (y, row) -> System.arraycopy(pixels, y * row.length, row, 0, row.length),
            x.size(2),
            across,
            down),
        failures);
  }

  /** To the bit. */
  @Test
  void pillow() {
    for (OpGolden golden : OpGolden.all("resize_pillow")) {
      byte[] resized =
          PillowAxis.resize(
              bytes(golden.in("x")),
              golden.in("x").size(1),
              golden.in("x").size(0),
              golden.in("x").size(2),
              golden.arguments().getInt("width"),
              golden.arguments().getInt("height"));
      if (!Arrays.equals(resized, bytes(golden.out("y")))) {
        failures.add(golden + " at " + Arrays.mismatch(resized, bytes(golden.out("y"))));
      }
    }
    assertThat(failures).isEmpty();
  }

  private static byte[] bytes(OpGolden.Values values) {
    byte[] bytes = new byte[values.numbers().length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values.numbers()[i];
    }
    return bytes;
  }

  /** A picture gives the numbers that its bytes as floats give, and keeps them at its own size. */
  @Test
  void pictures() {
    Picture picture =
        new Picture("two", 2, 1, new byte[] {0, 10, (byte) 200, (byte) 255, 20, (byte) 100});
    assertThat(Resize.torch(picture, 2, 1)).containsExactly(0, 10, 200, 255, 20, 100);
    assertThat(Resize.torch(picture, 1, 2)).containsExactly(127.5f, 15, 150, 127.5f, 15, 150);
    Picture smaller = Resize.pillow(picture, 1, 1);
    assertThat(smaller.pixel(0, 0)).isEqualTo(0x800f96);
    assertThat(smaller.source()).isEqualTo("two");
  }
}
