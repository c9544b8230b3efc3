package io.github.visualbert.cli.hub;

/** Is told how a pull gets on. All calls come from the thread that pulls. */
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (_, _, _) -> {};

  /**
   * So much of a file has arrived.
   *
   * @param present bytes that are here, in this and earlier pulls; may fall when a download must
   *     start anew
   * @param size bytes of the whole file
   */
  void received(String file, long present, long size);

  /** Nothing arrives for the moment, and why; the next call of the other kind ends it. */
  default void waiting(String why) {}
}
