package io.github.visualbert.cli.evaluate;

/**
 * How far predictions and annotations were about the same.
 *
 * @param missing what is annotated and was not predicted; counts as wrong
 * @param extra what was predicted and is not annotated; does not count
 */
public record Coverage(long missing, long extra) {
  Coverage plus(Coverage other) {
    return new Coverage(missing + other.missing, extra + other.extra);
  }
}
