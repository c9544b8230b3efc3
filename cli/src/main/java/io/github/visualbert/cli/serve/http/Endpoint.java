package io.github.visualbert.cli.serve.http;

/** Answers the requests of one path and method. Thread-safe; called on virtual threads. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers a request.
   *
   * @throws Problem when the request cannot be answered
   */
  HttpReply answer(Exchange exchange);
}
