package io.github.visualbert.task;

import java.util.Arrays;

/**
 * Attention rollout (Abnar and Zuidema 2020, <a href="https://arxiv.org/abs/2005.00928">Quantifying
 * Attention Flow in Transformers</a>): how much of each input row is in each row behind a layer, if
 * attention were all that a layer does. The heads of a layer are averaged, the residual connection
 * counts as much as they do, and the layers are multiplied: {@code R = (0.5 A + 0.5 I) R}.
 */
final class Rollout {
  private final int rows;
  private double[] total; // (rows, rows) of the layers so far
  private double[] next;
  private final double[] mixed; // (rows, rows) of one layer

  /** Begins before the first layer, where each row is itself. */
  Rollout(int rows) {
    this.rows = rows;
    total = new double[rows * rows];
    next = new double[rows * rows];
    mixed = new double[rows * rows];
    for (int row = 0; row < rows; row++) {
      total[row * rows + row] = 1;
    }
  }

  /** Adds the weights of one head to the layer; {@code weight} is one over its heads. */
  void addHead(float[] weights, double weight) {
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] += 0.5 * weight * weights[i];
    }
  }

  /** Ends a layer of which every head was added, and returns the rollout so far, (rows, rows). */
  float[] endLayer() {
    for (int row = 0; row < rows; row++) {
      mixed[row * rows + row] += 0.5;
    }
    Arrays.fill(next, 0);
    for (int row = 0; row < rows; row++) {
      for (int via = 0; via < rows; via++) {
        double weight = mixed[row * rows + via];
        for (int column = 0; column < rows; column++) {
          next[row * rows + column] += weight * total[via * rows + column];
        }
      }
    }
    double[] swap = total;
    total = next;
    next = swap;
    Arrays.fill(mixed, 0);
    float[] result = new float[total.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) total[i];
    }
    return result;
  }
}
