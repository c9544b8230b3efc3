package io.github.visualbert.simd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class HalfWeightsTest {
  private static final int ALL = 1 << 16;

  /**
   * Every bit pattern, so also subnormal numbers, infinities and NaNs, whose payload may change; at
   * unaligned addresses and with tails.
   */
  @Test
  void widenEveryNumberExactly() {
    try (Arena arena = Arena.ofConfined()) {
      for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
        MemorySegment data = arena.allocate(2L * ALL + 1).asSlice(1);
        for (int i = 0; i < ALL; i++) {
          data.set(JAVA_SHORT_UNALIGNED, 2L * i, (short) i);
        }
        Tensor tensor = new Tensor(dtype, new long[] {ALL}, data);
        MemorySegment target = arena.allocate(4L * ALL + 64, 64);
        for (int begin : new int[] {0, 1, 7}) {
          HalfWeights.widen(tensor, begin, target, 8, ALL - begin);
          for (int i = begin; i < ALL; i++) {
            float actual = target.get(JAVA_FLOAT, 8 + 4L * (i - begin));
            if (Float.floatToIntBits(actual) != Float.floatToIntBits(tensor.getFloat(i))) {
              assertThat(actual).as("%s %04x", dtype, i).isEqualTo(tensor.getFloat(i));
            }
          }
        }
      }
    }
  }
}
