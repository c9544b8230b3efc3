package io.github.visualbert.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.kernel.Matrix.Layout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class MatrixTest {
  private static final int[] SIZES = {1, 2, 15, 16, 17, 33};

  @Test
  void elementsLieWhereTheLayoutSays() {
    assertThat(index(Layout.PANELS, 20, 3, 17, 2)).isEqualTo((1 * 3 + 2) * 16 + 1);
    assertThat(index(Layout.ROWS, 20, 3, 17, 2)).isEqualTo(17 * 3 + 2);
    assertThat(index(Layout.COLUMNS, 20, 3, 17, 2)).isEqualTo(2 * 32 + 17);
  }

  private static long index(Layout layout, int rows, int columns, int row, int column) {
    try (Arena arena = Arena.ofConfined()) {
      return matrix(arena, rows, columns, layout).index(row, column);
    }
  }

  @Test
  void everyElementHasAPlaceOfItsOwnInside() {
    try (Arena arena = Arena.ofConfined()) {
      for (Layout layout : Layout.values()) {
        for (int rows : SIZES) {
          for (int columns : SIZES) {
            Matrix matrix = matrix(arena, rows, columns, layout);
            BitSet places = new BitSet();
            for (int r = 0; r < rows; r++) {
              for (int c = 0; c < columns; c++) {
                places.set(Math.toIntExact(matrix.index(r, c)));
                matrix.set(r, c, r * 100 + c);
              }
            }
            assertThat(places.cardinality()).isEqualTo(rows * columns);
            assertThat(places.length())
                .isLessThanOrEqualTo((int) Matrix.floats(rows, columns, layout));
            assertThat(matrix.get(rows - 1, columns - 1)).isEqualTo((rows - 1) * 100 + columns - 1);
          }
        }
      }
    }
  }

  @Test
  void memoryThatIsTooSmallOrOnTheHeapIsRefused() {
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> new Matrix(arena.allocate(4 * 47), 3, 3, Layout.PANELS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("3 x 3 in PANELS needs 192 bytes of native memory");
    }
    MemorySegment heap = MemorySegment.ofArray(new float[48]);
    assertThatThrownBy(() -> new Matrix(heap, 3, 3, Layout.PANELS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Matrix matrix(Arena arena, int rows, int columns, Layout layout) {
    MemorySegment data =
        arena.allocate(ValueLayout.JAVA_FLOAT, Matrix.floats(rows, columns, layout));
    return new Matrix(data, rows, columns, layout);
  }
}
