package io.github.visualbert.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorTest {
  /** Subnormals, infinities, NaN, overflow and ties, as the reference converts them. */
  @ParameterizedTest
  @ValueSource(strings = {"f16", "bf16", "f64"})
  void convertsToFloatAsTheReferenceDoes(String dtype) {
    Path file = Path.of(System.getProperty("testdata"), "goldens/numbers/dtypes.safetensors");
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      Tensor given = source.tensor(dtype);
      Tensor expected = source.tensor(dtype + "_as_f32");
      assertThat(given.elementCount()).isEqualTo(expected.elementCount()).isPositive();
      List<String> different = new ArrayList<>();
      for (long i = 0; i < given.elementCount(); i++) {
        int found = Float.floatToRawIntBits(given.getFloat(i));
        int wanted = Float.floatToRawIntBits(expected.getFloat(i));
        if (found != wanted) {
          different.add("element %d: expected 0x%08x, found 0x%08x".formatted(i, wanted, found));
        }
      }
      assertThat(different).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, 1",
    "I8, -1",
    "U8, 255",
    "I16, -1",
    "U16, 65535",
    "I32, -1",
    "U32, 4294967295",
    "I64, -1",
    "U64, -1"
  })
  void readsIntegersOfEveryWidth(DType dtype, long allOnes) {
    byte[] bytes = new byte[2 * dtype.byteSize()];
    Arrays.fill(bytes, dtype.byteSize(), bytes.length, (byte) 0xff);
    Tensor tensor = new Tensor(dtype, new long[] {2}, MemorySegment.ofArray(bytes));
    assertThat(tensor.getLong(0)).isZero();
    assertThat(tensor.getLong(1)).isEqualTo(allOnes);
  }

  @ParameterizedTest
  @EnumSource
  void copiesAnyPartAsFloats(DType dtype) {
    byte[] bytes = new byte[11 * dtype.byteSize()];
    new Random(1).nextBytes(bytes);
    Tensor tensor = new Tensor(dtype, new long[] {11}, MemorySegment.ofArray(bytes));
    float[] target = new float[9];
    Arrays.fill(target, 7f);
    tensor.copyTo(3, target, 2, 6);
    for (int i = 0; i < 9; i++) {
      assertThat(target[i]).isEqualTo(i < 2 || i == 8 ? 7f : tensor.getFloat(3 + i - 2));
    }
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> tensor.copyTo(6, target, 0, 6));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> tensor.copyTo(0, target, 4, 6));
  }

  @Test
  void refusesBytesThatDoNotFitTheShape() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[12]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Tensor(DType.F32, new long[] {2, 2}, bytes))
        .withMessage("F32 [2, 2] needs 16 bytes, found 12");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Tensor(DType.F32, new long[] {-1, -3}, bytes));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Tensor(DType.F32, new long[] {3}, bytes).getLong(0));
  }
}
