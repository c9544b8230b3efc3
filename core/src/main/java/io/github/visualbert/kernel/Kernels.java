package io.github.visualbert.kernel;

import io.github.visualbert.tensor.Tensor;
import java.util.List;

/**
 * The operations of a forward pass, one call each.
 *
 * <p>{@link ScalarKernels} is the executable specification: the order of accumulation written at
 * each method is part of the contract, and every implementation gives the same bits. Products are
 * fused ({@link Math#fma}); nothing is split over an inner dimension.
 *
 * <p>Implementations are immutable and thread-safe. Arguments are checked at each call's entry,
 * shapes with expected and actual in the message of an {@link IllegalArgumentException}; outputs
 * must not overlap inputs unless a method allows it.
 */
public interface Kernels {

  /** Returns the provider's name: {@code scalar} or {@code simd}. */
  String provider();

  /** Returns one line for people: the instruction width and what else decides speed. */
  String description();

  /** Returns lines for people: what of it was chosen for this machine; none where nothing was. */
  default List<String> choices() {
    return List.of();
  }

  /**
   * Prepares the weights of a linear layer.
   *
   * <p>The handle may keep views on {@code weight} and {@code bias}, whose memory must outlive it.
   *
   * @param weight (out features, in features), F32, F16 or BF16 in native memory, which need not be
   *     aligned
   * @param bias (out features), or null for zeros
   */
  LinearWeights prepare(Tensor weight, Tensor bias);

  /**
   * Linear layer: {@code y = activation(x · Wᵀ + b)}.
   *
   * <p>Per element: {@code sum = 0}, then {@code sum = fma(w[k], x[k], sum)} for ascending k; then
   * {@code + b} (also when there is no bias and b is 0), then {@link Activation#apply}.
   *
   * @param x (rows, in features), PANELS
   * @param weights from {@link #prepare} of the same provider
   * @param y (rows, out features), any layout
   */
  void linear(
      Execution execution, Matrix x, LinearWeights weights, Activation activation, Matrix y);

  /**
   * Residual and layer norm: {@code y = normalise(x + residual) * weight + bias} over the features
   * of each row.
   *
   * <p>With {@code s = x + residual}: the sum of s and then of {@code fma(s - mean, s - mean, ·)}
   * each run in four accumulators, feature f in accumulator f mod 4, joined as {@code (a0 + a1) +
   * (a2 + a3)}; {@code mean = sum / n}, {@code scale = 1 / sqrt(squares / n + eps)}, {@code y =
   * fma((s - mean) * scale, weight, bias)}.
   *
   * @param x (rows, features), PANELS
   * @param residual like x, or null for none
   * @param y like x; may be x or residual itself
   */
  void layerNorm(
      Execution execution, Matrix x, Matrix residual, LayerNormWeights weights, Matrix y);

  /**
   * Multi-head attention: {@code softmax(q · kᵀ / sqrt(d)) · v} per head, heads side by side in the
   * columns.
   *
   * <p>Per query and head, keys in ascending order: {@code score = (fma chain over d of q·k) *
   * (float) (1 / sqrt(d))}; the scores of masked keys are set to negative infinity, or, when a span
   * masks every key, all scores to 0; {@code e = FloatMath.exp(score - max)}; {@code max} passes
   * over NaN; {@code sum} of e in sequence; {@code context = (fma chain over keys of e·v) / sum};
   * probability = {@code e / sum}. A masked key has probability 0 to the bit.
   *
   * @param q (query rows, hidden), PANELS
   * @param k (key rows, hidden), ROWS
   * @param v (key rows, hidden), COLUMNS
   * @param spans which query rows attend to which key rows; query ranges ascend without gaps and
   *     cover all rows of q
   * @param context (query rows, hidden), PANELS
   * @param probabilities null, or receives the probabilities: per span (heads, queries, keys) in
   *     row-major order, spans end to end, in one ROWS matrix of any shape that is large enough
   */
  void attention(
      Execution execution,
      Matrix q,
      Matrix k,
      Matrix v,
      int heads,
      List<AttentionSpan> spans,
      Matrix context,
      Matrix probabilities);

  /** Returns the operations of an object detector's network, of the same provider. */
  ImageKernels images();

  /**
   * Runs a loop of independent fused multiply-adds on registers alone, which no kernel of this
   * provider can outrun: the yardstick of a benchmark.
   *
   * @param iterations how often the loop runs
   * @return the number of multiply-adds that were done
   */
  long multiplyAdds(long iterations);
}
