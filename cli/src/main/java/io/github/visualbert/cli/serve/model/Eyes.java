package io.github.visualbert.cli.serve.model;

/** Sees pictures: a detector, or a model that does it by itself. Thread-safe. */
interface Eyes {
  /**
   * Returns the regions of a picture.
   *
   * @param picture with its bytes
   * @throws io.github.visualbert.cli.serve.http.Problem when it cannot be decoded, or the request
   *     has waited too long
   */
  SeenPicture look(SentPicture picture, Ticket ticket);
}
