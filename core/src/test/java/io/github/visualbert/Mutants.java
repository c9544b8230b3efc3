package io.github.visualbert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Gives a reader damaged copies of good inputs, and holds it to this: any bytes give a value or the
 * reader's own exception, and reading allocates no more on the heap than a bound for each byte of
 * input.
 *
 * <p>{@code -Dmutations=N} makes N times as many.
 */
public final class Mutants {
  /**
   * What a reading may allocate whatever its length: buffers, and the exception with its stack
   * trace.
   */
  private static final long CONSTANT = 128 << 10;

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    7,
    8,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fffffff,
    0x80000000L,
    0xffffffffL,
    1L << 40,
    Long.MAX_VALUE,
    -1,
    -2
  };

  private final List<byte[]> seeds;
  private final Class<? extends RuntimeException> refusal;
  private final long bytesPerByte;
  private long constant = CONSTANT;
  private UnaryOperator<byte[]> repair = UnaryOperator.identity();

  /**
   * Prepares an attack.
   *
   * @param seeds good inputs
   * @param refusal the only exception that the reader may throw
   * @param bytesPerByte how much the reader may allocate for each byte of input
   */
  public Mutants(List<byte[]> seeds, Class<? extends RuntimeException> refusal, long bytesPerByte) {
    this.seeds = seeds;
    this.refusal = refusal;
    this.bytesPerByte = bytesPerByte;
  }

  /** Lets a reading allocate so many bytes whatever its length, where a format says so much. */
  public Mutants constant(long bytes) {
    this.constant = bytes;
    return this;
  }

  /** Puts checksums right after each mutation, so that more than the checksum is attacked. */
  public Mutants repaired(UnaryOperator<byte[]> repairing) {
    this.repair = repairing;
    return this;
  }

  /** Writes each of {@code count} mutants to a file and gives that to a reader, as below. */
  public void attack(int count, Path file, Consumer<Path> reader) {
    attack(
        count,
        mutant -> {
          try {
            Files.write(file, mutant);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          reader.accept(file);
        });
  }

  /**
   * Gives {@code count} mutants to a reader; some must be taken and some refused, or the attack is
   * no good.
   */
  public void attack(int count, Consumer<byte[]> reader) {
    seeds.forEach(reader);
    int taken = 0;
    int all = Math.multiplyExact(count, Integer.getInteger("mutations", 1));
    for (int i = 0; i < all; i++) {
      byte[] mutant = repair.apply(mutant(new Random(i * 0x9e3779b97f4a7c15L)));
      String number = "mutant " + i;
      long bound = constant + bytesPerByte * mutant.length;
      long before = allocated();
      taken += isTaken(mutant, reader, number) ? 1 : 0;
      if (allocated() - before > bound) {
        // The first time may have loaded classes.
        before = allocated();
        isTaken(mutant, reader, number);
        assertThat(allocated() - before)
            .as("allocated for %s of %d bytes", number, mutant.length)
            .isLessThan(bound);
      }
    }
    assertThat(taken).isStrictlyBetween(0, all);
  }

  private boolean isTaken(byte[] mutant, Consumer<byte[]> reader, String number) {
    try {
      reader.accept(mutant);
      return true;
    } catch (RuntimeException | Error e) {
      if (!refusal.isInstance(e)) {
        throw new AssertionError(number, e);
      }
      assertThat(e.getMessage()).as(number).doesNotContain("\n").hasSizeLessThan(20_000);
      return false;
    }
  }

  private byte[] mutant(Random random) {
    byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
    for (int edits = 1 + random.nextInt(4); edits > 0 && bytes.length > 0; edits--) {
      bytes = edited(bytes, random);
    }
    return bytes;
  }

  private byte[] edited(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 200));
    byte[] edited = bytes.clone();
    switch (random.nextInt(9)) {
      case 0 -> edited[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> edited[at] = (byte) random.nextInt(256);
      case 2 -> {
        byte[] number =
            littleEndian(NUMBERS[random.nextInt(NUMBERS.length)], 1 << random.nextInt(4));
        System.arraycopy(number, 0, edited, at, Math.min(number.length, bytes.length - at));
      }
      case 3 -> Arrays.fill(edited, at, at + length, (byte) random.nextInt(256));
      case 4 -> edited = Arrays.copyOf(bytes, at);
      case 5 -> edited = spliced(bytes, at, at + length, new byte[0]);
      case 6 -> edited = spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
      case 7 -> {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(other.length);
        edited =
            spliced(
                bytes,
                at,
                at + length,
                Arrays.copyOfRange(other, from, Math.min(other.length, from + length)));
      }
      default ->
          System.arraycopy(bytes, at, edited, random.nextInt(bytes.length - length + 1), length);
    }
    return edited;
  }

  private static byte[] littleEndian(long value, int length) {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return Arrays.copyOf(bytes, length);
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
    byte[] spliced = Arrays.copyOf(bytes, from + between.length + bytes.length - to);
    System.arraycopy(between, 0, spliced, from, between.length);
    System.arraycopy(bytes, to, spliced, from + between.length, bytes.length - to);
    return spliced;
  }

  /** Returns how many bytes a reading allocates, garbage counted in. */
  public static long allocated(Runnable reading) {
    long before = allocated();
    reading.run();
    return allocated() - before;
  }

  /**
   * Returns how many bytes this thread has allocated so far; by reflection, as the module under
   * test does not read jdk.management.
   */
  private static long allocated() {
    try {
      return (long) ALLOCATED.invoke(THREADS);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static final Object THREADS;
  private static final Method ALLOCATED;

  static {
    try {
      THREADS =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      ALLOCATED =
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes");
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
