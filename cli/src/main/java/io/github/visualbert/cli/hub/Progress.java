package io.github.visualbert.cli.hub;

/** Receives the progress of a pull. All calls come from the thread that pulls. */
public interface Progress {
  /** Ignores all calls. */
  Progress NONE = (_, _, _) -> {};

  /**
   * Called as bytes of a file arrive.
   *
   * @param present bytes received in this and earlier pulls; falls when a download starts over
   * @param size bytes of the whole file
   */
  void received(String file, long present, long size);

  /** Called when the pull has to wait, until the next call of {@link #received}. */
  default void waiting(String why) {}
}
