package io.github.visualbert.simd;

import static io.github.visualbert.simd.Lanes.LENGTH;
import static io.github.visualbert.simd.Lanes.OCTET;
import static io.github.visualbert.simd.Lanes.PANEL;
import static io.github.visualbert.simd.Lanes.PANEL_BYTES;
import static io.github.visualbert.simd.Lanes.exact;
import static io.github.visualbert.simd.Lanes.load;
import static io.github.visualbert.simd.Memory.ADDRESS;
import static io.github.visualbert.simd.Memory.FLOAT;
import static io.github.visualbert.simd.Memory.ORDER;

import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link io.github.visualbert.kernel.Kernels#attention}: a chunk is one head of two panels of
 * queries.
 *
 * <p>Both products are a {@link PanelProduct}: the scores Sᵀ = K · Qᵀ broadcast keys, the context
 * Oᵀ = Vᵀ · Sᵀ broadcasts features of values. Softmax runs down the lanes in between. So nothing is
 * transposed, and the scores stay in L1 or L2.
 *
 * <p>A panel may hold queries of several spans. The chunk then computes all lanes once for each
 * span and stores the lanes of that span.
 */
final class VectorAttention implements Workers.Task {
  /** Panels of queries in one chunk: as many as the widest tile has. */
  private static final int PANELS = 2;

  private static final float[] LANES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  private Matrix q;
  private Matrix k;
  private Matrix v;
  private int heads;
  private int d;
  private List<AttentionSpan> spans;
  private Matrix context;
  private Matrix probabilities;
  private PanelProduct[] products = {}; // a slot for each worker, which fills it

  /** Per worker: scores and their sums (panels, keys + 1, 16), then contexts (panels, d, 16). */
  private MemorySegment scratch;

  private long contextsAt;
  private long scratchBytes;

  private VectorAttention() {}

  private void set(
      Execution execution,
      Matrix q,
      Matrix k,
      Matrix v,
      int heads,
      List<AttentionSpan> spans,
      Matrix context,
      Matrix probabilities) {
    this.q = q;
    this.k = k;
    this.v = v;
    this.heads = heads;
    this.spans = spans;
    this.context = context;
    this.probabilities = probabilities;
    d = q.columns() / heads;
    int workers = execution.workers().count();
    products = PanelProduct.forWorkers(workers, products);
    int keys = 0;
    for (int i = 0; i < spans.size(); i++) {
      keys = Math.max(keys, spans.get(i).keys());
    }
    contextsAt = PANELS * (keys + 1L) * PANEL_BYTES;
    scratchBytes = contextsAt + PANELS * d * (long) PANEL_BYTES;
    scratch = execution.workspace().floats(workers * scratchBytes / Float.BYTES);
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
    Workspace workspace = execution.workspace();
    long mark = workspace.mark();
    VectorAttention attention = workspace.kept(VectorAttention.class, VectorAttention::new);
    attention.set(execution, q, k, v, heads, spans, context, probabilities);
    execution
        .workers()
        .forEach(Math.multiplyExact(Math.ceilDiv(q.panels(), PANELS), heads), attention);
    workspace.release(mark);
  }

  @Override
  public void run(int chunk, int worker) {
    if (products[worker] == null) {
      products[worker] = new PanelProduct();
    }
    int head = chunk % heads;
    int begin = chunk / heads * PANELS * PANEL;
    int end = Math.min(begin + PANELS * PANEL, q.rows());
    long probabilityBegin = 0;
    for (int i = 0; i < spans.size(); i++) {
      AttentionSpan span = spans.get(i);
      if (span.queryBegin() >= end) {
        break;
      }
      if (span.queryEnd() > begin) {
        int first = Math.max(begin, span.queryBegin());
        int last = Math.min(end, span.queryEnd());
        span(products[worker], worker * scratchBytes, span, head, first, last, probabilityBegin);
      }
      probabilityBegin += (long) heads * span.queries() * span.keys();
    }
  }

  /** Computes the queries from begin to end, all of one span. */
  private void span(
      PanelProduct product,
      long scratchAt,
      AttentionSpan span,
      int head,
      int begin,
      int end,
      long probabilityBegin) {
    int keys = span.keys();
    int hidden = q.columns();
    int octetBegin = begin / OCTET;
    int octetEnd = Math.ceilDiv(end, OCTET);
    int firstPanel = begin / PANEL;
    int lastPanel = Math.ceilDiv(end, PANEL);
    long hiddenPanel = hidden * (long) PANEL_BYTES;
    long scorePanel = (keys + 1L) * PANEL_BYTES;
    long contextPanel = d * (long) PANEL_BYTES;
    long scores = scratchAt - firstPanel * scorePanel;
    long contexts = scratchAt + contextsAt - firstPanel * contextPanel;

    product
        .rows(
            k.data(), k.index(span.keyBegin(), head * d) * Float.BYTES, hidden * (long) Float.BYTES)
        .panels(q.data(), head * contextPanel, hiddenPanel)
        .into(scratch, scores, PANEL_BYTES, scorePanel)
        .compute(keys, d, octetBegin, octetEnd);
    float scale = (float) (1 / Math.sqrt(d));
    for (int panel = firstPanel; panel < lastPanel; panel++) {
      Softmax.apply(scratch, scores + panel * scorePanel, keys, scale, span.keyMask());
    }
    product
        .rows(
            v.data(),
            v.index(span.keyBegin(), head * d) * Float.BYTES,
            Matrix.paddedRows(v.rows()) * (long) Float.BYTES)
        .panels(scratch, scores, scorePanel)
        .into(scratch, contexts, PANEL_BYTES, contextPanel)
        .compute(d, keys, octetBegin, octetEnd);
    for (int panel = firstPanel; panel < lastPanel; panel++) {
      int firstLane = Math.max(begin - panel * PANEL, 0);
      int endLane = end == q.rows() ? PANEL : Math.min(end - panel * PANEL, PANEL);
      long sums = scores + panel * scorePanel + keys * (long) PANEL_BYTES;
      long to = panel * hiddenPanel + head * contextPanel;
      divide(contexts + panel * contextPanel, sums, to, firstLane, endLane);
    }
    if (probabilities != null) {
      for (int row = begin; row < end; row++) {
        long lane = scores + row / PANEL * scorePanel + row % PANEL * Float.BYTES;
        storeProbabilities(
            lane,
            keys,
            probabilityBegin + ((long) head * span.queries() + row - span.queryBegin()) * keys);
      }
    }
  }

  /** Divides lanes of a panel of contexts by the sums of their exponentials and writes them. */
  private void divide(long from, long sums, long to, int firstLane, int endLane) {
    for (int lane = 0; lane < PANEL; lane += LENGTH) {
      long at = lane * Float.BYTES;
      long source = Memory.begin(scratch) + from + at;
      long divisor = Memory.begin(scratch) + sums + at;
      long target = Memory.begin(context.data()) + to + at;
      if (firstLane <= lane && lane + LENGTH <= endLane) {
        divide(scratch, source, divisor, context.data(), target, d);
      } else if (lane < endLane && firstLane < lane + LENGTH) {
        divideSome(
            scratch, source, divisor, context.data(), target, d, firstLane - lane, endLane - lane);
      }
    }
  }

  private static void divide(
      MemorySegment sourceMemory,
      long from,
      long sums,
      MemorySegment targetMemory,
      long to,
      int d) {
    MemorySegment source = Memory.of(sourceMemory);
    MemorySegment target = Memory.of(targetMemory);
    long s = from & ADDRESS;
    long t = to & ADDRESS;
    FloatVector sum = load(source, sums);
    for (int c = 0; c < d; c++) {
      long i = (long) c * PANEL_BYTES;
      load(source, s + i).div(sum).intoMemorySegment(target, t + i, ORDER);
    }
  }

  /**
   * As {@link #divide}, for some lanes of a vector. The others are written back as they were, which
   * is safe: all lanes of a panel belong to the same chunk.
   */
  private static void divideSome(
      MemorySegment sourceMemory,
      long from,
      long sums,
      MemorySegment targetMemory,
      long to,
      int d,
      int firstLane,
      int endLane) {
    MemorySegment source = Memory.of(sourceMemory);
    MemorySegment target = Memory.of(targetMemory);
    long s = from & ADDRESS;
    long t = to & ADDRESS;
    FloatVector sum = load(source, sums);
    FloatVector lanes = exact(FloatVector.fromArray(Lanes.SPECIES, LANES, 0));
    VectorMask<Float> own =
        lanes
            .compare(VectorOperators.GE, firstLane)
            .and(lanes.compare(VectorOperators.LT, endLane));
    for (int c = 0; c < d; c++) {
      long i = (long) c * PANEL_BYTES;
      FloatVector quotient = load(source, s + i).div(sum);
      load(target, t + i).blend(quotient, own).intoMemorySegment(target, t + i, ORDER);
    }
  }

  /** Writes the probabilities of one query, which is one lane of the scores. */
  private void storeProbabilities(long lane, int keys, long index) {
    MemorySegment source = Memory.of(scratch);
    MemorySegment target = Memory.of(probabilities.data());
    long from = Memory.begin(scratch) + lane;
    long to = Memory.begin(probabilities.data()) + index * Float.BYTES;
    float sum = source.get(FLOAT, from + keys * (long) PANEL_BYTES);
    for (int key = 0; key < keys; key++) {
      float e = source.get(FLOAT, from + key * (long) PANEL_BYTES);
      target.set(FLOAT, to + key * (long) Float.BYTES, e / sum);
    }
  }
}
