package io.github.visualbert.kernel;

import static io.github.visualbert.kernel.LaneProduct.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.util.List;

/** {@link Kernels#attention} in plain Java: one head of one span is a chunk. */
final class ScalarAttention implements Workers.Task {
  private Matrix q;
  private Matrix k;
  private Matrix v;
  private Matrix context;
  private Matrix probabilities;
  private List<AttentionSpan> spans;
  private int heads;
  private int d;
  private float[][] scratch;

  // Offsets into a worker's array.
  private int keysAt; // (keys, d)
  private int valuesAt; // (d, keys)
  private int queriesAt; // (d, 16)
  private int scoresAt; // (keys, 16): scores, then exp(score - max)
  private int contextsAt; // (d, 16)
  private int maxAt; // (16)
  private int sumAt; // (16)

  private ScalarAttention() {}

  static void run(
      Execution execution,
      Matrix q,
      Matrix k,
      Matrix v,
      int heads,
      List<AttentionSpan> spans,
      Matrix context,
      Matrix probabilities) {
    ScalarAttention attention =
        execution.workspace().kept(ScalarAttention.class, ScalarAttention::new);
    attention.q = q;
    attention.k = k;
    attention.v = v;
    attention.context = context;
    attention.probabilities = probabilities;
    attention.spans = spans;
    attention.heads = heads;
    attention.d = q.columns() / heads;
    int length = attention.layOut();
    attention.scratch = execution.workspace().arrays(execution.workers().count(), length);
    execution.workers().forEach(Math.multiplyExact(spans.size(), heads), attention);
  }

  /** Sets the offsets for the span with the most keys and returns the length of the array. */
  private int layOut() {
    int keys = 0;
    for (int i = 0; i < spans.size(); i++) {
      keys = Math.max(keys, spans.get(i).keys());
    }
    keysAt = 0;
    valuesAt = keysAt + Math.multiplyExact(keys, d);
    queriesAt = valuesAt + keys * d;
    scoresAt = queriesAt + d * LANES;
    contextsAt = scoresAt + keys * LANES;
    maxAt = contextsAt + d * LANES;
    sumAt = maxAt + LANES;
    return Math.addExact(sumAt, LANES);
  }

  @Override
  public void run(int chunk, int worker) {
    int span = chunk / heads;
    long probabilityBegin = 0;
    for (int i = 0; probabilities != null && i < span; i++) {
      probabilityBegin += (long) heads * spans.get(i).queries() * spans.get(i).keys();
    }
    head(spans.get(span), chunk % heads, probabilityBegin, scratch[worker]);
  }

  private void head(AttentionSpan span, int head, long probabilityBegin, float[] a) {
    if (span.queries() == 0) {
      return;
    }
    int keys = span.keys();
    for (int key = 0; key < keys; key++) {
      Floats.load(k.data(), k.index(span.keyBegin() + key, head * d), a, keysAt + key * d, d);
    }
    for (int c = 0; c < d; c++) {
      Floats.load(v.data(), v.index(span.keyBegin(), head * d + c), a, valuesAt + c * keys, keys);
    }

    // Whole panels are computed, with the lanes of other spans in them: lanes are independent, and
    // only the span's own are stored.
    for (int panel = span.queryBegin() / LANES; panel * LANES < span.queryEnd(); panel++) {
      int row = panel * LANES;
      int firstLane = Math.max(span.queryBegin() - row, 0);
      int endLane = Math.min(span.queryEnd() - row, LANES);
      Floats.load(q.data(), q.index(row, head * d), a, queriesAt, d * LANES);
      products(a, keysAt, keys, queriesAt, d, scoresAt);
      softmax(a, span);
      products(a, valuesAt, d, scoresAt, keys, contextsAt);
      divide(a, contextsAt, sumAt, d);
      if (firstLane == 0 && (endLane == LANES || row + endLane == context.rows())) {
        Floats.store(a, contextsAt, context.data(), context.index(row, head * d), d * LANES);
      } else {
        storeLanes(a, contextsAt, row, head * d, firstLane, endLane);
      }
      if (probabilities != null) {
        divide(a, scoresAt, sumAt, keys);
        long firstRow = (long) head * span.queries() + row - span.queryBegin();
        for (int lane = firstLane; lane < endLane; lane++) {
          storeProbabilities(a, scoresAt + lane, keys, probabilityBegin + (firstRow + lane) * keys);
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

  /** Stores some lanes of a panel; the others belong to other spans. */
  private void storeLanes(
      float[] a, int contexts, int row, int column, int firstLane, int endLane) {
    for (int lane = firstLane; lane < endLane; lane++) {
      for (int c = 0; c < d; c++) {
        context.set(row + lane, column + c, a[contexts + c * LANES + lane]);
      }
    }
  }

  /** Stores the probabilities of one query, which are one lane of the array. */
  private void storeProbabilities(float[] a, int lane, int keys, long index) {
    for (int key = 0; key < keys; key++) {
      probabilities.data().setAtIndex(JAVA_FLOAT, index + key, a[lane + key * LANES]);
    }
  }

  /** Replaces dot products with exp(score - max) and sums these up per lane. */
  private void softmax(float[] a, AttentionSpan span) {
    float scale = (float) (1 / Math.sqrt(d));
    boolean[] mask = span.keyMask();
    boolean allMasked = mask != null && noneVisible(mask);
    for (int lane = 0; lane < LANES; lane++) {
      a[maxAt + lane] = Float.NEGATIVE_INFINITY;
      a[sumAt + lane] = 0f;
    }
    for (int key = 0; key < span.keys(); key++) {
      boolean masked = mask != null && !mask[key];
      for (int lane = 0; lane < LANES; lane++) {
        int i = scoresAt + key * LANES + lane;
        a[i] = allMasked ? 0f : masked ? Float.NEGATIVE_INFINITY : a[i] * scale;
        a[maxAt + lane] = a[i] > a[maxAt + lane] ? a[i] : a[maxAt + lane];
      }
    }
    for (int key = 0; key < span.keys(); key++) {
      for (int lane = 0; lane < LANES; lane++) {
        int i = scoresAt + key * LANES + lane;
        a[i] = FloatMath.exp(a[i] - a[maxAt + lane]);
        a[sumAt + lane] += a[i];
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
