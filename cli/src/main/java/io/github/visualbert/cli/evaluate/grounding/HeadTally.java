package io.github.visualbert.cli.evaluate.grounding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Words of one kind, and how many of them every head and every baseline grounds. Not thread-safe.
 */
public final class HeadTally {
  private final int layers;
  private final int heads;
  private final long[] hits; // (layers, heads)
  private final double[] masses; // (layers, heads), summed
  private final Map<Baseline, Long> baselines = new EnumMap<>(Baseline.class);
  private long words;
  private long groundable;

  public HeadTally(int layers, int heads) {
    this.layers = layers;
    this.heads = heads;
    this.hits = new long[layers * heads];
    this.masses = new double[layers * heads];
  }

  /**
   * Counts a word, before its heads.
   *
   * @param right the baselines that choose a right region
   * @param isGroundable whether any region is right
   */
  public void word(Set<Baseline> right, boolean isGroundable) {
    words++;
    groundable += isGroundable ? 1 : 0;
    right.forEach(baseline -> baselines.merge(baseline, 1L, Long::sum));
  }

  /** Counts what a head does with a word. */
  public void head(int layer, int head, boolean isRight, double mass) {
    hits[layer * heads + head] += isRight ? 1 : 0;
    masses[layer * heads + head] += mass;
  }

  /** Returns the number of words. */
  public long words() {
    return words;
  }

  int layers() {
    return layers;
  }

  int heads() {
    return heads;
  }

  /** Returns the percentage of words of which a picture has a right region. */
  public double upperBound() {
    return 100.0 * groundable / words;
  }

  public double percent(Baseline baseline) {
    return 100.0 * baselines.getOrDefault(baseline, 0L) / words;
  }

  public HeadAccuracy accuracy(int layer, int head) {
    int at = layer * heads + head;
    return new HeadAccuracy(layer, head, 100.0 * hits[at] / words, masses[at] / words);
  }

  /** Returns every head, by layer and then by head. */
  List<HeadAccuracy> all() {
    List<HeadAccuracy> all = new ArrayList<>();
    for (int i = 0; i < hits.length; i++) {
      all.add(accuracy(i / heads, i % heads));
    }
    return all;
  }

  /** Returns the best head, the first of equals. */
  public HeadAccuracy best() {
    return best(all());
  }

  /** Returns the best head of a layer, the first of equals. */
  public HeadAccuracy best(int layer) {
    return best(all().subList(layer * heads, (layer + 1) * heads));
  }

  private static HeadAccuracy best(List<HeadAccuracy> some) {
    // max would return the last of equals
    return some.stream()
        .min(Comparator.comparingDouble(HeadAccuracy::percent).reversed())
        .orElseThrow();
  }
}
