package io.github.visualbert.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.internal.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LookaheadTest {
  /** Numbered rows from 0, then the end or a failure. */
  private static final class Numbers implements RowSource {
    private final AtomicInteger read = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final int count;
    private final RuntimeException failure;

    Numbers(int count, RuntimeException failure) {
      this.count = count;
      this.failure = failure;
    }

    @Override
    public Row next() {
      int number = read.getAndIncrement();
      if (number == count && failure != null) {
        throw failure;
      }
      return number >= count
          ? null
          : new Row.Faulty("row " + number, new Reply.Failed(new JsonValue.Int(number), "no row"));
    }

    @Override
    public JsonValue skip() {
      throw new UnsupportedOperationException();
    }

    @Override
    public double progress() {
      return Double.NaN;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void readsAheadUpToItsLimits() throws InterruptedException {
    Numbers numbers = new Numbers(1000, null);
    List<Row> taken = new ArrayList<>();
    try (Lookahead ahead = new Lookahead(numbers)) {
      for (List<Row> batch; !(batch = ahead.take()).isEmpty(); ) {
        taken.addAll(batch);
        assertThat(batch.size()).isBetween(1, 64);
        assertThat(numbers.read.get() - taken.size()).isLessThanOrEqualTo(64 + 1);
      }
    }
    assertThat(taken)
        .extracting(Row::place)
        .isEqualTo(IntStream.range(0, 1000).mapToObj(i -> "row " + i).toList());
    numbers.closed.await();
  }

  @Test
  void throwsTheFailureAfterTheRowsBefore() throws InterruptedException {
    IllegalStateException failure = new IllegalStateException("torn");
    try (Lookahead ahead = new Lookahead(new Numbers(3, failure))) {
      int taken = 0;
      while (taken < 3) {
        taken += ahead.take().size();
      }
      assertThatThrownBy(ahead::take).isSameAs(failure);
    }
  }

  @Test
  void stopsReading() throws InterruptedException {
    Numbers numbers = new Numbers(Integer.MAX_VALUE, null);
    Lookahead ahead = new Lookahead(numbers);
    assertThat(ahead.take()).isNotEmpty();
    ahead.close();
    assertThat(ahead.take()).isEmpty();
    numbers.closed.await();
  }
}
