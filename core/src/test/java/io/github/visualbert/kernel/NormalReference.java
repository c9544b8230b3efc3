package io.github.visualbert.kernel;

/** The normal distribution in double, by slow and well-known means. */
final class NormalReference {
  private NormalReference() {}

  /**
   * Returns the probability that a standard normal variable exceeds t >= 0; relative error below
   * 1e-12.
   */
  static double tail(double t) {
    return t < 2.5 ? 0.5 - density(t) * series(t) : density(t) * millsRatio(t);
  }

  /** Returns x · Φ(x). */
  static double gelu(double x) {
    return x < 0 ? x * tail(-x) : x - x * tail(x);
  }

  private static double density(double t) {
    return Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI);
  }

  /** (Φ(t) - 1/2) / φ(t) = t + t³/3 + t⁵/(3·5) + ..., all terms positive. */
  private static double series(double t) {
    double sum = 0;
    double term = t;
    for (int n = 1; term > 1e-18 * sum; n += 2) {
      sum += term;
      term *= t * t / (n + 2);
    }
    return sum;
  }

  /** Laplace's continued fraction 1/(t + 1/(t + 2/(t + 3/(t + ...)))), from the far end. */
  private static double millsRatio(double t) {
    double fraction = t;
    for (int n = 200; n > 0; n--) {
      fraction = t + n / fraction;
    }
    return 1 / fraction;
  }
}
