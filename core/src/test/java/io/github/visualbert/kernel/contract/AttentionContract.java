package io.github.visualbert.kernel.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests of {@link Kernels#attention}. */
public abstract class AttentionContract extends KernelContract {
  private static final int[] LENGTHS = {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 56, 61};
  private static final int[][] HEADS_AND_SIZES = {
    {1, 1}, {1, 5}, {2, 3}, {3, 8}, {2, 16}, {2, 17}, {12, 64}
  };

  @Test
  void agreesWithDoubleAndGivesTheSpecifiedBitsForOneSequence() {
    for (int[] shape : HEADS_AND_SIZES) {
      for (int length : LENGTHS) {
        check(new Case(shape[0], shape[1]).sequence(length, length));
      }
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void agreesWithDoubleAndGivesTheSpecifiedBitsForBatches() {
    for (int[] shape : HEADS_AND_SIZES) {
      int heads = shape[0];
      int d = shape[1];
      check(
          new Case(heads, d)
              .sequence(5, 5)
              .sequence(16, 16)
              .sequence(1, 1)
              .sequence(23, 23)
              .sequence(9, 9));
      check(new Case(heads, d).sequence(32, 32).sequence(16, 16));
      check(new Case(heads, d).sequence(1, 7).sequence(1, 20).sequence(1, 33));
      check(new Case(heads, d).sequence(3, 20).sequence(0, 5).sequence(14, 19).sequence(2, 40));
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void agreesWithDoubleAndGivesTheSpecifiedBitsUnderMasks() {
    for (int[] shape : HEADS_AND_SIZES) {
      Case some = new Case(shape[0], shape[1]);
      for (int length : new int[] {1, 9, 16, 23, 40}) {
        some.sequence(length, length, randomMask(length, length));
        some.sequence(length, length, new boolean[length]);
        boolean[] last = new boolean[length];
        last[length - 1] = true;
        some.sequence(1, length, last);
      }
      check(some);
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  private void check(Case c) {
    Inputs in = new Inputs(c, 1f);
    Result result = run(kernels(), alone, in, true);
    Result specified = run(specification, alone, in, true);
    compareBits(c + " context", result.context, specified.context);
    compareBits(c + " probabilities", result.probabilities, specified.probabilities);
    compareBits(c + " context alone", run(kernels(), alone, in, false).context, specified.context);
    int index = 0;
    for (AttentionSpan span : c.spans) {
      for (int head = 0; head < c.heads; head++) {
        for (int query = span.queryBegin(); query < span.queryEnd(); query++) {
          checkQuery(in, span, head, query, result, index);
          index += span.keys();
        }
      }
    }
  }

  private void checkQuery(
      Inputs in, AttentionSpan span, int head, int query, Result result, int index) {
    Case c = in.c;
    boolean[] visible = span.keyMask() == null ? all(span.keys()) : span.keyMask();
    boolean none = count(visible) == 0;
    double[] e = new double[span.keys()];
    double sum = 0;
    for (int key = 0; key < e.length; key++) {
      double score = 0;
      for (int i = head * c.d; i < (head + 1) * c.d; i++) {
        score += (double) in.q.get(query, i) * in.k.get(span.keyBegin() + key, i) / Math.sqrt(c.d);
      }
      e[key] = none ? 1 : visible[key] ? Math.exp(score) : 0;
      sum += e[key];
    }
    // Products are below 1: scores are off by a walk over d, sums by a walk over the keys.
    double relative = 1e-6 + 4 * (Math.sqrt(c.d) + Math.sqrt(e.length)) * ROUNDING;
    for (int key = 0; key < e.length; key++) {
      float actual = result.probabilities.get(0, index + key);
      compare(c + " probability", query, key, actual, e[key] / sum, relative * e[key] / sum);
    }
    for (int i = head * c.d; i < (head + 1) * c.d; i++) {
      double context = 0;
      for (int key = 0; key < e.length; key++) {
        context += e[key] / sum * in.v.get(span.keyBegin() + key, i);
      }
      compare(c + " context", query, i, result.context.get(query, i), context, relative);
    }
  }

  @Test
  void staysFiniteForLargeScores() {
    Inputs in = new Inputs(new Case(2, 16).sequence(19, 19, randomMask(19, 3)), 300f);
    Result result = run(kernels(), alone, in, true);
    Result specified = run(specification, alone, in, true);
    compareBits("context", result.context, specified.context);
    compareBits("probabilities", result.probabilities, specified.probabilities);
    for (int i = 0; i < 2 * 19 * 19; i++) {
      assertThat(result.probabilities.get(0, i)).isBetween(0f, 1f);
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void givesMaskedKeysExactlyNothing() {
    boolean[] mask = randomMask(23, 5);
    Result result =
        run(kernels(), alone, new Inputs(new Case(1, 8).sequence(23, 23, mask), 1f), true);
    for (int i = 0; i < 23 * 23; i++) {
      if (!mask[i % 23]) {
        assertThat(Float.floatToRawIntBits(result.probabilities.get(0, i))).isZero();
      }
    }
  }

  @Test
  void givesTheSameBitsForASequenceAloneInABatchAndPadded() {
    Case batch = new Case(3, 16).sequence(5, 5).sequence(16, 16).sequence(1, 12).sequence(23, 23);
    Inputs in = new Inputs(batch, 1f);
    Matrix together = run(kernels(), alone, in, false).context;
    for (AttentionSpan span : batch.spans) {
      Matrix expected = rows(together, span.queryBegin(), span.queryEnd());
      compareBits(
          span + " alone", run(kernels(), alone, in.only(span, 0), false).context, expected);
      compareBits(
          span + " padded", run(kernels(), alone, in.only(span, 13), false).context, expected);
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void givesTheSameBitsWithAnyNumberOfWorkers() {
    Inputs in =
        new Inputs(
            new Case(3, 16).sequence(5, 5).sequence(16, 16).sequence(1, 12).sequence(43, 43), 1f);
    Result expected = run(kernels(), alone, in, true);
    for (int count : new int[] {2, 3, 7}) {
      try (Workers workers = Workers.of(count)) {
        Result result = run(kernels(), new Execution(workers, alone.workspace()), in, true);
        compareBits(count + " workers: context", result.context, expected.context);
        compareBits(
            count + " workers: probabilities", result.probabilities, expected.probabilities);
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void givesItsScratchMemoryBack() {
    long mark = alone.workspace().mark();
    run(kernels(), alone, new Inputs(new Case(2, 16).sequence(19, 19), 1f), true);
    assertThat(alone.workspace().mark()).isEqualTo(mark);
  }

  @Test
  void takesNoSequences() {
    Result result = run(kernels(), alone, new Inputs(new Case(2, 16), 1f), true);
    assertThat(result.context.rows()).isZero();
  }

  @Test
  void refusesWhatDoesNotFit() {
    Inputs in = new Inputs(new Case(2, 8).sequence(5, 5).sequence(4, 9), 1f);
    List<AttentionSpan> spans = in.c.spans;
    Matrix context = output(9, 16, Layout.PANELS);
    refused(
        random(9, 16, Layout.ROWS, 1),
        in.k,
        in.v,
        2,
        spans,
        context,
        null,
        "attention q is in ROWS, expected PANELS");
    refused(
        in.q,
        random(14, 16, Layout.PANELS, 1),
        in.v,
        2,
        spans,
        context,
        null,
        "attention k is in PANELS, expected ROWS");
    refused(
        in.q,
        in.k,
        random(14, 16, Layout.ROWS, 1),
        2,
        spans,
        context,
        null,
        "attention v is in ROWS, expected COLUMNS");
    refused(
        in.q,
        in.k,
        in.v,
        2,
        spans,
        output(9, 16, Layout.ROWS),
        null,
        "attention context is in ROWS, expected PANELS");
    refused(in.q, in.k, in.v, 3, spans, context, null, "attention has 16 columns for 3 heads");
    refused(in.q, in.k, in.v, 0, spans, context, null, "attention has 16 columns for 0 heads");
    refused(
        in.q,
        in.k,
        random(13, 16, Layout.COLUMNS, 1),
        2,
        spans,
        context,
        null,
        "attention v is 13 x 16, expected 14 x 16");
    refused(
        in.q,
        in.k,
        in.v,
        2,
        spans,
        output(8, 16, Layout.PANELS),
        null,
        "attention context is 8 x 16, expected 9 x 16");
    refused(in.q, in.k, in.v, 2, spans, in.q, null, "attention would write over its input");
    refused(
        in.q,
        in.k,
        in.v,
        2,
        spans.subList(0, 1),
        context,
        null,
        "attention spans cover 5 query rows of 9");
    refused(
        in.q,
        in.k,
        in.v,
        2,
        spans.subList(1, 2),
        context,
        null,
        "attention span 0 begins at query row 5, expected 0");
    List<AttentionSpan> beyond = List.of(new AttentionSpan(0, 9, 6, 15, null));
    refused(
        in.q,
        in.k,
        in.v,
        2,
        beyond,
        context,
        null,
        "attention span 0 ends at key row 15, there are 14");
    Matrix small = output(1, 121, Layout.ROWS);
    refused(
        in.q,
        in.k,
        in.v,
        2,
        spans,
        context,
        small,
        "attention probabilities have room for 121 numbers, need 122");
    Matrix panels = output(1, 200, Layout.PANELS);
    refused(
        in.q,
        in.k,
        in.v,
        2,
        spans,
        context,
        panels,
        "attention probabilities is in PANELS, expected ROWS");
  }

  private void refused(
      Matrix q,
      Matrix k,
      Matrix v,
      int heads,
      List<AttentionSpan> spans,
      Matrix context,
      Matrix probabilities,
      String message) {
    assertThatThrownBy(
            () -> kernels().attention(alone, q, k, v, heads, spans, context, probabilities))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private Result run(Kernels kernels, Execution execution, Inputs in, boolean withProbabilities) {
    Matrix context = output(in.q.rows(), in.q.columns(), Layout.PANELS);
    Matrix probabilities = withProbabilities ? output(1, in.c.probabilities(), Layout.ROWS) : null;
    kernels.attention(execution, in.q, in.k, in.v, in.c.heads, in.c.spans, context, probabilities);
    return new Result(context, probabilities);
  }

  private record Result(Matrix context, Matrix probabilities) {}

  private static boolean[] all(int keys) {
    boolean[] mask = new boolean[keys];
    Arrays.fill(mask, true);
    return mask;
  }

  private static int count(boolean[] mask) {
    int count = 0;
    for (boolean visible : mask) {
      count += visible ? 1 : 0;
    }
    return count;
  }

  private static boolean[] randomMask(int keys, long seed) {
    Random random = new Random(seed);
    boolean[] mask = new boolean[keys];
    for (int i = 0; i < keys; i++) {
      mask[i] = random.nextInt(3) > 0;
    }
    return mask;
  }

  /** Heads and sequences. */
  private static final class Case {
    final int heads;
    final int d;
    final List<AttentionSpan> spans = new ArrayList<>();

    Case(int heads, int d) {
      this.heads = heads;
      this.d = d;
    }

    Case sequence(int queries, int keys) {
      return sequence(queries, keys, null);
    }

    Case sequence(int queries, int keys, boolean[] mask) {
      int query = queries();
      int key = keys();
      spans.add(new AttentionSpan(query, query + queries, key, key + keys, mask));
      return this;
    }

    int queries() {
      return spans.isEmpty() ? 0 : spans.getLast().queryEnd();
    }

    int keys() {
      return spans.isEmpty() ? 0 : spans.getLast().keyEnd();
    }

    int probabilities() {
      return spans.stream().mapToInt(span -> heads * span.queries() * span.keys()).sum();
    }

    @Override
    public String toString() {
      return "%d heads of %d, %s"
          .formatted(heads, d, spans.stream().map(s -> s.queries() + "/" + s.keys()).toList());
    }
  }

  /** Random queries, keys and values for a case. */
  private final class Inputs {
    final Case c;
    final Matrix q;
    final Matrix k;
    final Matrix v;

    Inputs(Case c, float scale) {
      this(
          c,
          random(c.queries(), c.heads * c.d, Layout.PANELS, 1),
          random(c.keys(), c.heads * c.d, Layout.ROWS, 2),
          random(c.keys(), c.heads * c.d, Layout.COLUMNS, 3));
      for (int r = 0; r < q.rows(); r++) {
        for (int i = 0; i < q.columns(); i++) {
          q.set(r, i, q.get(r, i) * scale);
        }
      }
    }

    private Inputs(Case c, Matrix q, Matrix k, Matrix v) {
      this.c = c;
      this.q = q;
      this.k = k;
      this.v = v;
    }

    /** Returns one sequence by itself, with so many masked keys behind its own. */
    Inputs only(AttentionSpan span, int padding) {
      boolean[] mask = new boolean[span.keys() + padding];
      Arrays.fill(mask, 0, span.keys(), true);
      Case one =
          new Case(c.heads, c.d).sequence(span.queries(), mask.length, padding == 0 ? null : mask);
      Matrix keys = random(mask.length, k.columns(), Layout.ROWS, 4);
      Matrix values = random(mask.length, k.columns(), Layout.COLUMNS, 5);
      for (int key = 0; key < span.keys(); key++) {
        for (int i = 0; i < k.columns(); i++) {
          keys.set(key, i, k.get(span.keyBegin() + key, i));
          values.set(key, i, v.get(span.keyBegin() + key, i));
        }
      }
      return new Inputs(one, rows(q, span.queryBegin(), span.queryEnd()), keys, values);
    }
  }
}
