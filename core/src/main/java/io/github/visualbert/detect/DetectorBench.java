package io.github.visualbert.detect;

/**
 * The stages of a detector on a prepared picture and given regions, one by one, to be measured.
 * Used by one thread, within {@link RegionDetector#measure} or {@link VcrTower#measure}; no
 * embedder needs it.
 */
public interface DetectorBench {
  /** Runs the stem to the last map, and lays it out for the head. */
  void backbone();

  /** Returns whether regions are proposed at all. */
  default boolean proposes() {
    return true;
  }

  /** Runs the proposal network, if there is one, and picks the proposals. */
  void rpn();

  /** Pools the given regions and runs the head on them, without selection. */
  void head();

  /** Returns the multiply-accumulates of the layers of all three stages. */
  long multiplyAdds();
}
