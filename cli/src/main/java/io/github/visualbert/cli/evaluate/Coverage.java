package io.github.visualbert.cli.evaluate;

/**
 * How many ids only the annotations or only the predictions have.
 *
 * @param missing annotated and not predicted; counts as wrong
 * @param extra predicted and not annotated; does not count
 */
public record Coverage(long missing, long extra) {
  Coverage plus(Coverage other) {
    return new Coverage(missing + other.missing, extra + other.extra);
  }
}
