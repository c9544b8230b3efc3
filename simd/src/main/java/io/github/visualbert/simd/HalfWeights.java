package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.exact;
import static io.github.visualbert.simd.Memory.FLOAT;
import static io.github.visualbert.simd.Memory.ORDER;
import static io.github.visualbert.simd.Memory.SHORT;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Widens half-precision weights (F16 and BF16) to float, exactly. */
final class HalfWeights {
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, Lanes.SPECIES.vectorShape());
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Lanes.BITS / 2));

  /**
   * The bits of an F16, shifted to where a float has them, make the number times 2^-112. That holds
   * for subnormal numbers too.
   */
  static final float F16_SCALE = 0x1p112f;

  /** The exponent bits of an F16, all set: those of infinity. */
  static final int F16_EXPONENT = 0x7c00;

  private HalfWeights() {}

  /**
   * Widens {@code count} elements of a tensor from element {@code index}, and writes the floats at
   * byte {@code offset} of a segment.
   */
  static void widen(Tensor tensor, long index, MemorySegment target, long offset, long count) {
    MemorySegment source = tensor.data();
    long from = Memory.begin(source) + index * Short.BYTES;
    long to = Memory.begin(target) + offset;
    int n = Math.toIntExact(count);
    int whole = INTS.loopBound(n);
    if (tensor.dtype() == DType.BF16) {
      widenBf16(source, from, target, to, whole);
    } else {
      widenF16(source, from, target, to, whole);
    }
    for (int i = whole; i < n; i++) {
      short bits = Memory.of(source).get(SHORT, from + (long) i * Short.BYTES);
      float value =
          tensor.dtype() == DType.BF16
              ? Float.intBitsToFloat(bits << 16)
              : Float.float16ToFloat(bits);
      Memory.of(target).set(FLOAT, to + (long) i * Float.BYTES, value);
    }
  }

  private static void widenBf16(
      MemorySegment sourceMemory, long from, MemorySegment targetMemory, long to, int n) {
    MemorySegment source = Memory.of(sourceMemory);
    MemorySegment target = Memory.of(targetMemory);
    long s = from & Memory.ADDRESS;
    long t = to & Memory.ADDRESS;
    readFirst(source, s, n);
    for (int i = 0; i < n; i += INTS.length()) {
      widenBf16(source, s + (long) i * Short.BYTES, target, t + (long) i * Float.BYTES);
    }
  }

  private static void widenF16(
      MemorySegment sourceMemory, long from, MemorySegment targetMemory, long to, int n) {
    MemorySegment source = Memory.of(sourceMemory);
    MemorySegment target = Memory.of(targetMemory);
    long s = from & Memory.ADDRESS;
    long t = to & Memory.ADDRESS;
    readFirst(source, s, n);
    for (int i = 0; i < n; i += INTS.length()) {
      widenF16(source, s + (long) i * Short.BYTES, target, t + (long) i * Float.BYTES);
    }
  }

  /** Widens one vector of BF16 numbers. */
  private static void widenBf16(MemorySegment source, long from, MemorySegment target, long to) {
    IntVector bits = load(source, from).lanewise(VectorOperators.LSHL, 16);
    exact(bits.reinterpretAsFloats()).intoMemorySegment(target, to, ORDER);
  }

  /** Widens one vector of F16 numbers. */
  private static void widenF16(MemorySegment source, long from, MemorySegment target, long to) {
    IntVector bits = load(source, from);
    IntVector magnitude = bits.and(0x7fff);
    IntVector moved = magnitude.lanewise(VectorOperators.LSHL, 13);
    IntVector finite = exact(moved.reinterpretAsFloats()).mul(F16_SCALE).reinterpretAsInts();
    IntVector infinite = moved.or(0x7f800000);
    IntVector value = finite.blend(infinite, magnitude.compare(VectorOperators.GE, F16_EXPONENT));
    IntVector sign = bits.and(0x8000).lanewise(VectorOperators.LSHL, 16);
    exact(value.or(sign).reinterpretAsFloats()).intoMemorySegment(target, to, ORDER);
  }

  /**
   * Reads the first number, so that a truncated file does not end the process. HotSpot turns a
   * fault in a mapped file into an InternalError only in compiled code that has a scalar access to
   * mapped memory; a loop of vector accesses alone would crash.
   */
  private static void readFirst(MemorySegment source, long at, int n) {
    if (n > 0) {
      source.get(SHORT, at);
    }
  }

  /** Loads as many shorts as a vector has ints. Small enough that C2 always inlines it. */
  private static IntVector load(MemorySegment source, long at) {
    return (IntVector)
        ShortVector.fromMemorySegment(SHORTS, source, at, ORDER)
            .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
  }
}
