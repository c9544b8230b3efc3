package io.github.visualbert.cli.serve.http;

/** Observes requests, for metrics and the log. Thread-safe. */
public interface RequestListener {
  /** A request has come. */
  void begun(Door door);

  /**
   * A request was answered.
   *
   * @param status that was sent; 499 when the client had gone
   * @param code what was wrong, or null
   * @param failure what broke here, or null
   * @param nanos from the head to the end of the response
   */
  void done(Exchange exchange, int status, Code code, Throwable failure, long nanos);

  /** What came is no request, so that nobody could begin to answer it. */
  void refused(String id, Door door, Code code);
}
