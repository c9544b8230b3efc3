package io.github.visualbert.cli.serve.http;

/** The client has reset its connection, so its request is dropped. */
public final class ClientGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClientGoneException() {
    super("the client is gone", null, false, false);
  }
}
