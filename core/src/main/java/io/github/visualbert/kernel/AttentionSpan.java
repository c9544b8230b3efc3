package io.github.visualbert.kernel;

/**
 * The queries of one sequence and the keys they attend to, as half-open row ranges.
 *
 * @param keyMask whether each key of the range may be attended to; null when all may
 */
public record AttentionSpan(
    int queryBegin, int queryEnd, int keyBegin, int keyEnd, boolean[] keyMask) {

  public AttentionSpan {
    if (queryBegin < 0 || queryEnd < queryBegin || keyBegin < 0 || keyEnd <= keyBegin) {
      throw new IllegalArgumentException(
          "queries [%d, %d), keys [%d, %d)".formatted(queryBegin, queryEnd, keyBegin, keyEnd));
    }
    if (keyMask != null && keyMask.length != keyEnd - keyBegin) {
      throw new IllegalArgumentException(
          "key mask has %d entries for %d keys".formatted(keyMask.length, keyEnd - keyBegin));
    }
  }

  public int queries() {
    return queryEnd - queryBegin;
  }

  public int keys() {
    return keyEnd - keyBegin;
  }
}
