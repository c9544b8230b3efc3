package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.LaneProduct.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.github.visualbert.tensor.Matrix;
import java.util.List;

/** {@link Kernels#attention} in plain Java: one head of one span is a chunk. */
final class ScalarAttention {
  private final Matrix q;
  private final Matrix k;
  private final Matrix v;
  private final Matrix context;
  private final Matrix probabilities;
  private final int heads;
  private final int d;

  private ScalarAttention(
      Matrix q, Matrix k, Matrix v, int heads, Matrix context, Matrix probabilities) {
    this.q = q;
    this.k = k;
    this.v = v;
    this.context = context;
    this.probabilities = probabilities;
    this.heads = heads;
    this.d = q.columns() / heads;
  }

  static void run(
      Execution execution,
      Matrix q,
      Matrix k,
      Matrix v,
      int heads,
      List<AttentionSpan> spans,
      Matrix context,
      Matrix probabilities) {
    ScalarAttention attention = new ScalarAttention(q, k, v, heads, context, probabilities);
    int room = 0;
    long[] probabilityBegin = new long[spans.size()];
    long begin = 0;
    for (int i = 0; i < spans.size(); i++) {
      AttentionSpan span = spans.get(i);
      probabilityBegin[i] = begin;
      begin += (long) heads * span.queries() * span.keys();
      room = Math.max(room, attention.new Scratch(span.keys()).room);
    }
    float[][] scratch = execution.workspace().arrays(execution.workers().count(), room);
    execution
        .workers()
        .forEach(
            Math.multiplyExact(spans.size(), heads),
            (chunk, worker) -> {
              int span = chunk / heads;
              attention.head(
                  spans.get(span), chunk % heads, probabilityBegin[span], scratch[worker]);
            });
  }

  /** Where things lie in a worker's array. */
  private final class Scratch {
    final int keys; // (keys, d)
    final int values; // (d, keys)
    final int queries; // (d, 16)
    final int scores; // (keys, 16): scores, then e to the power of them
    final int contexts; // (d, 16)
    final int max; // (16)
    final int sum; // (16)
    final int room;

    Scratch(int keyCount) {
      keys = 0;
      values = keys + Math.multiplyExact(keyCount, d);
      queries = values + keyCount * d;
      scores = queries + d * LANES;
      contexts = scores + keyCount * LANES;
      max = contexts + d * LANES;
      sum = max + LANES;
      room = Math.addExact(sum, LANES);
    }
  }

  private void head(AttentionSpan span, int head, long probabilityBegin, float[] a) {
    if (span.queries() == 0) {
      return;
    }
    int keys = span.keys();
    Scratch at = new Scratch(keys);
    for (int key = 0; key < keys; key++) {
      Floats.load(k.data(), k.index(span.keyBegin() + key, head * d), a, at.keys + key * d, d);
    }
    for (int c = 0; c < d; c++) {
      Floats.load(v.data(), v.index(span.keyBegin(), head * d + c), a, at.values + c * keys, keys);
    }

    // Whole panels, with the lanes of other spans in them: lanes do not touch each other, and only
    // the span's own are stored.
    for (int panel = span.queryBegin() / LANES; panel * LANES < span.queryEnd(); panel++) {
      int row = panel * LANES;
      int firstLane = Math.max(span.queryBegin() - row, 0);
      int endLane = Math.min(span.queryEnd() - row, LANES);
      Floats.load(q.data(), q.index(row, head * d), a, at.queries, d * LANES);
      products(a, at.keys, keys, at.queries, d, at.scores);
      softmax(a, at, span);
      products(a, at.values, d, at.scores, keys, at.contexts);
      divide(a, at.contexts, at.sum, d);
      if (firstLane == 0 && (endLane == LANES || row + endLane == context.rows())) {
        Floats.store(a, at.contexts, context.data(), context.index(row, head * d), d * LANES);
      } else {
        storeLanes(a, at.contexts, row, head * d, firstLane, endLane);
      }
      if (probabilities != null) {
        divide(a, at.scores, at.sum, keys);
        long firstRow = (long) head * span.queries() + row - span.queryBegin();
        for (int lane = firstLane; lane < endLane; lane++) {
          storeProbabilities(
              a, at.scores + lane, keys, probabilityBegin + (firstRow + lane) * keys);
        }
      }
    }
  }

  private static void products(float[] a, int w, int rows, int panel, int n, int product) {
    for (int row = 0; row < rows; row++) {
      LaneProduct.compute(a, w + row * n, panel, n, product + row * LANES);
    }
  }

  /** Divides (rows, 16) numbers by the 16 sums. */
  private static void divide(float[] a, int from, int sums, int rows) {
    for (int row = 0; row < rows; row++) {
      for (int lane = 0; lane < LANES; lane++) {
        a[from + row * LANES + lane] /= a[sums + lane];
      }
    }
  }

  /** Writes some lanes of a panel whose other lanes belong to other spans. */
  private void storeLanes(
      float[] a, int contexts, int row, int column, int firstLane, int endLane) {
    for (int lane = firstLane; lane < endLane; lane++) {
      for (int c = 0; c < d; c++) {
        context.set(row + lane, column + c, a[contexts + c * LANES + lane]);
      }
    }
  }

  /** Writes one query's probabilities, which lie down a lane. */
  private void storeProbabilities(float[] a, int lane, int keys, long index) {
    for (int key = 0; key < keys; key++) {
      probabilities.data().setAtIndex(JAVA_FLOAT, index + key, a[lane + key * LANES]);
    }
  }

  /** Turns products into e to the power of scores less their maximum, and sums them up per lane. */
  private void softmax(float[] a, Scratch at, AttentionSpan span) {
    float scale = (float) (1 / Math.sqrt(d));
    boolean[] mask = span.keyMask();
    boolean allMasked = mask != null && noneVisible(mask);
    for (int lane = 0; lane < LANES; lane++) {
      a[at.max + lane] = Float.NEGATIVE_INFINITY;
      a[at.sum + lane] = 0f;
    }
    for (int key = 0; key < span.keys(); key++) {
      boolean masked = mask != null && !mask[key];
      for (int lane = 0; lane < LANES; lane++) {
        int i = at.scores + key * LANES + lane;
        a[i] = allMasked ? 0f : masked ? Float.NEGATIVE_INFINITY : a[i] * scale;
        a[at.max + lane] = a[i] > a[at.max + lane] ? a[i] : a[at.max + lane];
      }
    }
    for (int key = 0; key < span.keys(); key++) {
      for (int lane = 0; lane < LANES; lane++) {
        int i = at.scores + key * LANES + lane;
        a[i] = FloatMath.exp(a[i] - a[at.max + lane]);
        a[at.sum + lane] += a[i];
      }
    }
  }

  private static boolean noneVisible(boolean[] mask) {
    for (boolean visible : mask) {
      if (visible) {
        return false;
      }
    }
    return true;
  }
}
