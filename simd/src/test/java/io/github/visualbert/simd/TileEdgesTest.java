package io.github.visualbert.simd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.contract.KernelContract;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The vector kernels give the bits of the scalar kernels around every edge: of tiles (8 to 32 rows
 * by 6 features), chunks and groups.
 */
class TileEdgesTest extends KernelContract {
  private final Kernels kernels = new VectorKernels();

  @Override
  protected Kernels kernels() {
    return kernels;
  }

  @Test
  void everyNumberOfRowsUpToTwoWidestTiles() {
    for (int rows = 1; rows <= 66; rows++) {
      for (Layout layout : Layout.values()) {
        linear(rows, 13, 19, DType.F32, Activation.LINEAR, layout);
        linear(rows, 13, 19, DType.BF16, Activation.LINEAR, layout);
      }
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void everyNumberOfFeaturesUpToTwoTilesAndAroundChunks() {
    for (int out :
        new int[] {
          1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 95, 96, 97, 101, 192, 193, 199, 1537
        }) {
      linear(25, out, 16, DType.F32, Activation.RELU, Layout.COLUMNS);
      linear(41, out, 16, DType.BF16, Activation.GELU, Layout.ROWS);
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  /** Widened tile by tile, and beside the products where k is a multiple of 8. */
  @Test
  void halfPrecisionWeightsOfEveryLength() {
    for (int in = 1; in <= 41; in++) {
      for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
        linear(32, 203, in, dtype, Activation.LINEAR, Layout.PANELS);
        linear(52, 150, in, dtype, Activation.LINEAR, Layout.PANELS);
      }
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  /** The BF16 kernels read two bytes before each weight, which the first page does not have. */
  @Test
  void halfPrecisionWeightsFromTheFirstByteOfAPage(@TempDir Path folder) throws IOException {
    Tensor weight = weight(96, 40, DType.BF16, 1);
    long bytes = weight.data().byteSize();
    try (Arena arena = Arena.ofShared();
        FileChannel file =
            FileChannel.open(
                folder.resolve("weights"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
      MemorySegment pages = file.map(MapMode.READ_WRITE, 0, bytes + 3, arena);
      for (int begin = 0; begin <= 3; begin++) {
        MemorySegment data = pages.asSlice(begin, bytes).copyFrom(weight.data());
        Tensor moved = new Tensor(DType.BF16, new long[] {96, 40}, data);
        linear(33, moved, Activation.LINEAR, Layout.PANELS);
      }
    }
    assertThat(failures).isEmpty();
  }

  /**
   * A group is 704 KB of x, 58 rows of 3072 features; with half-precision weights 4 MB, 341 rows.
   */
  @Test
  void aroundGroupsOfRows() {
    for (int rows : new int[] {55, 56, 57, 63, 64, 65, 96, 97, 120, 350}) {
      for (DType dtype : new DType[] {DType.F32, DType.F16}) {
        linear(rows, 17, 3072, dtype, Activation.GELU, Layout.PANELS);
        linear(rows, 17, 3072, dtype, Activation.LINEAR, Layout.ROWS);
      }
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void everyNumberOfKeysAndAlignmentOfSpans() {
    for (int length = 1; length <= 35; length++) {
      List<AttentionSpan> spans = new ArrayList<>();
      int begin = 0;
      for (int i = 0; i < 5; i++) {
        int end = begin + length;
        spans.add(new AttentionSpan(begin, end, begin, end, null));
        begin = end;
      }
      attention(begin, begin, spans, 3, 7 + length);
      operands.reset();
    }
    attention(56, 56, List.of(new AttentionSpan(0, 56, 0, 56, null)), 12, 64);
    attention(1, 1000, List.of(new AttentionSpan(0, 1, 3, 997, null)), 2, 64);
    assertThat(failures).isEmpty();
  }

  @Test
  void everyNumberOfFeaturesInANorm() {
    for (int features = 1; features <= 18; features++) {
      Matrix x = random(19, features, Layout.PANELS, features);
      var weights =
          new io.github.visualbert.kernel.LayerNormWeights(
              vector(features, 1), vector(features, 2), 1e-12f);
      Matrix y = output(19, features, Layout.PANELS);
      Matrix expected = output(19, features, Layout.PANELS);
      kernels.layerNorm(alone, x, null, weights, y);
      specification.layerNorm(alone, x, null, weights, expected);
      compareBits(features + " features", y, expected);
    }
    assertThat(failures).isEmpty();
  }

  private void linear(
      int rows, int out, int in, DType dtype, Activation activation, Layout layout) {
    linear(rows, weight(out, in, dtype, out), activation, layout);
  }

  private void linear(int rows, Tensor weight, Activation activation, Layout layout) {
    int out = Math.toIntExact(weight.size(0));
    int in = Math.toIntExact(weight.size(1));
    Matrix x = random(rows, in, Layout.PANELS, rows);
    Tensor bias = Tensor.of(vector(out, in), out);
    Matrix expected = output(rows, out, layout);
    specification.linear(alone, x, specification.prepare(weight, bias), activation, expected);
    for (int count = 1; count <= 2; count++) {
      try (Workers workers = Workers.of(count)) {
        Matrix y = output(rows, out, layout);
        kernels.linear(
            new Execution(workers, alone.workspace()),
            x,
            kernels.prepare(weight, bias),
            activation,
            y);
        compareBits(
            "%d x %d x %d %s %s, %d workers"
                .formatted(rows, out, in, weight.dtype(), layout, count),
            y,
            expected);
      }
    }
  }

  private void attention(int queries, int keys, List<AttentionSpan> spans, int heads, int d) {
    Matrix q = random(queries, heads * d, Layout.PANELS, 1);
    Matrix k = random(keys, heads * d, Layout.ROWS, 2);
    Matrix v = random(keys, heads * d, Layout.COLUMNS, 3);
    Matrix expected = output(queries, heads * d, Layout.PANELS);
    Matrix y = output(queries, heads * d, Layout.PANELS);
    specification.attention(alone, q, k, v, heads, spans, expected, null);
    kernels.attention(alone, q, k, v, heads, spans, y, null);
    compareBits(
        "%d queries, %d keys, %d spans".formatted(queries, keys, spans.size()), y, expected);
  }
}
