package io.github.visualbert.task;

import io.github.visualbert.tensor.Tensor;
import java.util.Arrays;

/**
 * What every word and region attends to, under one head of one layer or in a rollout: a row of
 * weights for each, which sum to 1.
 *
 * <p>The model attends from pieces of words to pieces of words. Where this class speaks of words,
 * the attention <em>to</em> a word is the sum of that to its pieces, and the attention
 * <em>from</em> a word is the average of that from its pieces, so that rows still sum to 1 (Clark
 * et al. 2019, <a href="https://arxiv.org/abs/1906.04341">What Does BERT Look At?</a>). Immutable
 * and thread-safe, unless {@link AttentionGrounding#visit} says otherwise.
 */
public final class AttentionMap {
  /** The {@link #head} of a rollout, which joins all heads. */
  public static final int ALL_HEADS = -1;

  private final AttentionRows rows;
  private final int layer;
  private final int head;
  private final float[] weights; // (rows, rows), row-major
  private final int count;

  /**
   * The region that words attend to most, which is how the paper reads a head.
   *
   * @param region among those of all pictures, from 0; the lowest of equals
   * @param weight how much of the attention goes to that region
   * @param mass how much of the attention goes to regions at all; the rest goes to the text
   */
  public record Grounding(int region, double weight, double mass) {}

  /** Wraps weights, which belong to the map as long as it is used. */
  AttentionMap(AttentionRows rows, int layer, int head, float[] weights) {
    this.rows = rows;
    this.layer = layer;
    this.head = head;
    this.weights = weights;
    this.count = rows.count();
  }

  /** Returns what the rows and columns stand for. */
  public AttentionRows rows() {
    return rows;
  }

  /** Returns the layer, from 0. */
  public int layer() {
    return layer;
  }

  /** Returns the head, from 0, or {@link #ALL_HEADS}. */
  public int head() {
    return head;
  }

  /**
   * Returns the weights as the model computes them, (rows, rows) for pieces and regions: from the
   * row to the column. Those of a head are its {@code attentions} in transformers.
   */
  public Tensor tensor() {
    return Tensor.of(Arrays.copyOf(weights, count * count), count, count);
  }

  /** Returns the weights between words and regions, (words + regions, words + regions). */
  public Tensor words() {
    int all = rows.words().size() + rows.regionCount();
    return part(0, all, 0, all);
  }

  /** Returns the weights from words to words, (words, words). */
  public Tensor wordToWord() {
    return part(0, rows.words().size(), 0, rows.words().size());
  }

  /** Returns the weights from words to regions, (words, regions). */
  public Tensor wordToRegion() {
    int words = rows.words().size();
    return part(0, words, words, words + rows.regionCount());
  }

  /** Returns the weights from regions to words, (regions, words). */
  public Tensor regionToWord() {
    int words = rows.words().size();
    return part(words, words + rows.regionCount(), 0, words);
  }

  /** Returns the weights from regions to regions, (regions, regions). */
  public Tensor regionToRegion() {
    int words = rows.words().size();
    return part(words, words + rows.regionCount(), words, words + rows.regionCount());
  }

  /**
   * Returns the region that some words together attend to most, whatever they attend to in the
   * text.
   *
   * @param words by their indices in {@link AttentionRows#words}, at least one: a word, or those of
   *     a phrase, whose attention is averaged
   */
  public Grounding ground(int... words) {
    double[] regions = toRegions(words);
    int best = 0;
    double mass = 0;
    for (int region = 0; region < regions.length; region++) {
      mass += regions[region];
      if (regions[region] > regions[best]) {
        best = region;
      }
    }
    return new Grounding(best, regions[best], mass);
  }

  /** Returns the weights from some words together, see {@link #ground}, to each region. */
  public double[] toRegions(int... words) {
    if (words.length == 0) {
      throw new IllegalArgumentException("no words are given, expected at least one");
    }
    double[] regions = new double[rows.regionCount()];
    for (int word : words) {
      for (int region = 0; region < regions.length; region++) {
        regions[region] += weight(word, rows.words().size() + region) / words.length;
      }
    }
    return regions;
  }

  private Tensor part(int fromBegin, int fromEnd, int toBegin, int toEnd) {
    float[] part = new float[(fromEnd - fromBegin) * (toEnd - toBegin)];
    int at = 0;
    for (int from = fromBegin; from < fromEnd; from++) {
      for (int to = toBegin; to < toEnd; to++) {
        part[at++] = (float) weight(from, to);
      }
    }
    return Tensor.of(part, fromEnd - fromBegin, toEnd - toBegin);
  }

  /** Returns the weight from a word or region to another; regions are counted behind the words. */
  private double weight(int from, int to) {
    int firstFrom = firstRow(from);
    int firstTo = firstRow(to);
    int fromPieces = pieces(from);
    int toPieces = pieces(to);
    double sum = 0;
    for (int i = 0; i < fromPieces; i++) {
      for (int j = 0; j < toPieces; j++) {
        sum += weights[(firstFrom + i) * count + firstTo + j];
      }
    }
    return sum / fromPieces;
  }

  private int firstRow(int index) {
    int words = rows.words().size();
    return index < words ? rows.words().get(index).firstRow() : rows.textRows() + index - words;
  }

  private int pieces(int index) {
    return index < rows.words().size() ? rows.words().get(index).pieces() : 1;
  }

  @Override
  public String toString() {
    return head == ALL_HEADS
        ? "rollout to layer " + layer
        : "layer %d, head %d".formatted(layer, head);
  }
}
