package io.github.visualbert.spark;

/** A row that cannot be answered ends the query, as its options want. */
public final class InvalidRowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidRowException(String message) {
    super(message);
  }
}
