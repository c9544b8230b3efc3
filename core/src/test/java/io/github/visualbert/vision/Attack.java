package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.error.InputException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Damages files in seeded ways, and checks that a reader takes or refuses what comes out, and
 * nothing else.
 *
 * <p>{@code -Dmutations=100} makes a hundred times as many.
 */
final class Attack {
  private Attack() {}

  /**
   * Gives a reader {@code count} mutations of a file.
   *
   * @param repair puts checksums right after a mutation, so that more than the checksum is tested
   * @return which share of them the reader took
   */
  static double mutate(
      byte[] file, long seed, int count, UnaryOperator<byte[]> repair, Consumer<byte[]> reader) {
    int taken = 0;
    int all = count * Integer.getInteger("mutations", 1);
    for (int i = 0; i < all; i++) {
      byte[] mutant = repair.apply(mutant(file, new Random(seed * 1_000_003 + i)));
      try {
        reader.accept(mutant);
        taken++;
      } catch (InputException e) {
        assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(1000);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("mutation %d of seed %d".formatted(i, seed), e);
      }
    }
    return taken / (double) all;
  }

  private static byte[] mutant(byte[] file, Random random) {
    byte[] bytes = file.clone();
    for (int edits = 1 + random.nextInt(4); edits > 0 && bytes.length > 0; edits--) {
      int at = random.nextInt(bytes.length);
      int end = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 4 : 64));
      switch (random.nextInt(8)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) new int[] {0, 1, 0x7f, 0x80, 0xff}[random.nextInt(5)];
        case 3 -> Arrays.fill(bytes, at, end, (byte) (random.nextBoolean() ? 0xff : 0));
        case 4 -> bytes = Arrays.copyOf(bytes, at);
        case 5 -> bytes = join(bytes, 0, at, bytes, end, bytes.length);
        case 6 -> bytes = join(bytes, 0, end, bytes, at, bytes.length);
        default -> {
          int from = random.nextInt(bytes.length);
          System.arraycopy(bytes, from, bytes, at, Math.min(end - at, bytes.length - from));
        }
      }
    }
    return bytes;
  }

  private static byte[] join(byte[] a, int from, int to, byte[] b, int from2, int to2) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.write(a, from, to - from);
    joined.write(b, from2, to2 - from2);
    return joined.toByteArray();
  }
}
