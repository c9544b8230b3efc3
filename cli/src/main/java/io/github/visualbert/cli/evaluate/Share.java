package io.github.visualbert.cli.evaluate;

/**
 * The right ones among a number of examples.
 *
 * @param right the number of those that were right; a fraction where some were partly right
 * @param of the number of all
 */
public record Share(double right, long of) {
  /**
   * Returns the share in percent.
   *
   * @return NaN when there are none at all
   */
  public double percent() {
    return 100 * right / of;
  }
}
