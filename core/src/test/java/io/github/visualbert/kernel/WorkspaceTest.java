package io.github.visualbert.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.kernel.Matrix.Layout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
  /** More floats than the first block has. */
  private static final long BIG = 1 << 20;

  private final Workspace workspace = new Workspace();

  @AfterEach
  void freeMemory() {
    workspace.close();
  }

  @Test
  void memoryIsAlignedAndOfTheSizeAskedFor() {
    for (long count : new long[] {0, 1, 15, 16, 17, 1000, BIG, 3}) {
      MemorySegment floats = workspace.floats(count);
      assertThat(floats.byteSize()).isEqualTo(count * Float.BYTES);
      assertThat(floats.address() % 64).isZero();
    }
    Matrix matrix = workspace.matrix(17, 5, Layout.PANELS);
    assertThat(matrix.data().byteSize()).isEqualTo(32 * 5 * Float.BYTES);
  }

  @Test
  void saysWhatItHolds() {
    assertThat(workspace.bytes()).isZero();
    workspace.floats(1);
    assertThat(workspace.bytes()).isEqualTo(1 << 20); // the first block
    workspace.floats(BIG);
    assertThat(workspace.bytes()).isEqualTo((1 << 20) + BIG * Float.BYTES);
    workspace.reset();
    assertThat(workspace.bytes()).isEqualTo(64 + BIG * Float.BYTES); // joined
    workspace.close();
    assertThat(workspace.bytes()).isZero();
  }

  @Test
  void whatIsTakenNeverOverlaps() {
    Random random = new Random(1);
    for (int round = 0; round < 3; round++) {
      List<MemorySegment> taken = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        MemorySegment floats = workspace.floats(random.nextInt(100_000));
        floats.fill((byte) i);
        taken.add(floats);
      }
      for (int i = 0; i < taken.size(); i++) {
        MemorySegment floats = taken.get(i);
        for (long at = 0; at < floats.byteSize(); at += 4099) {
          assertThat(floats.get(ValueLayout.JAVA_BYTE, at)).isEqualTo((byte) i);
        }
      }
      workspace.reset();
    }
  }

  @Test
  void releaseGivesBackWhatWasTakenSinceTheMark() {
    MemorySegment kept = workspace.floats(100);
    long mark = workspace.mark();
    MemorySegment scratch = workspace.floats(1000);
    workspace.floats(3);
    workspace.release(mark);
    assertThat(workspace.mark()).isEqualTo(mark);
    assertThat(workspace.floats(1000).address())
        .isEqualTo(scratch.address())
        .isGreaterThan(kept.address());
  }

  @Test
  void marksNest() {
    long outer = workspace.mark();
    MemorySegment first = workspace.floats(10);
    long inner = workspace.mark();
    MemorySegment second = workspace.floats(10);
    workspace.release(inner);
    assertThat(workspace.floats(10).address()).isEqualTo(second.address());
    workspace.release(outer);
    assertThat(workspace.floats(10).address()).isEqualTo(first.address());
  }

  @Test
  void aMarkBeforeTheNewestBlockReleasesThatBlock() {
    MemorySegment kept = workspace.floats(100);
    kept.fill((byte) 7);
    long mark = workspace.mark();
    workspace.floats(100); // lost until reset, being in a block that is not the newest
    MemorySegment scratch = workspace.floats(BIG);
    for (int operation = 0; operation < 100; operation++) {
      workspace.release(mark);
      assertThat(workspace.floats(BIG).address())
          .as("no block per operation")
          .isEqualTo(scratch.address());
    }
    assertThat(kept.toArray(ValueLayout.JAVA_BYTE)).containsOnly(7);
  }

  @Test
  void resetJoinsTheBlocksSoThatTheSecondPassHasOne() {
    for (int i = 0; i < 5; i++) {
      workspace.floats(BIG);
    }
    workspace.reset();
    assertThat(workspace.mark()).isZero();
    List<Long> addresses = new ArrayList<>();
    for (int pass = 0; pass < 3; pass++) {
      long begin = workspace.floats(BIG).address();
      addresses.add(begin);
      for (int i = 1; i < 5; i++) {
        assertThat(workspace.floats(BIG).address()).isEqualTo(begin + i * BIG * Float.BYTES);
      }
      workspace.reset();
    }
    assertThat(addresses).containsOnly(addresses.getFirst());
  }

  @Test
  void resetAndCloseEndTheLifeOfJoinedBlocks() {
    MemorySegment first = workspace.floats(BIG);
    MemorySegment second = workspace.floats(BIG);
    workspace.reset();
    assertThat(first.scope().isAlive()).isFalse();
    assertThat(second.scope().isAlive()).isFalse();
    MemorySegment third = workspace.floats(BIG);
    workspace.close();
    assertThatThrownBy(() -> third.fill((byte) 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aClosedWorkspaceStartsEmpty() {
    workspace.floats(BIG);
    workspace.floats(BIG);
    workspace.close();
    assertThat(workspace.mark()).isZero();
    workspace.floats(10).fill((byte) 1);
    workspace.close();
    workspace.close();
  }

  @Test
  void arraysAreKeptUntilTheyAreTooShortOrTooFew() {
    float[][] two = workspace.arrays(2, 100);
    assertThat(two).hasDimensions(2, 100);
    assertThat(workspace.arrays(1, 50)).isSameAs(two);
    workspace.floats(BIG);
    workspace.floats(BIG);
    workspace.release(0);
    workspace.reset();
    assertThat(workspace.arrays(2, 100)).as("after reset").isSameAs(two);
    assertThat(workspace.arrays(3, 10)).hasDimensions(3, 100);
    float[][] longer = workspace.arrays(1, 200);
    assertThat(longer).hasDimensions(3, 200);
    workspace.close();
    assertThat(workspace.arrays(1, 1)).hasDimensions(1, 1);
  }

  @Test
  void moreThanThereIsIsRefused() {
    assertThatThrownBy(() -> workspace.floats(Long.MAX_VALUE / 2))
        .isInstanceOf(ArithmeticException.class);
  }
}
