package io.github.visualbert.detect;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.picture.Picture;

/** The network of a kind of detector. Immutable and thread-safe. */
interface RegionNetwork {
  /**
   * What a pass found.
   *
   * @param kept the proposals that became regions, in the order of the regions
   * @param features (regions, dim)
   * @param boxes x1, y1, x2, y2 of each region, in pixels of the picture
   * @param objects the most probable class of each
   * @param probabilities of that class
   * @param selectedBy the confidence that each was selected by
   * @param attributes the attribute of each, -1 without attributes
   * @param attributeProbabilities of that attribute, 0 without
   * @param threshold the overlap of the last suppression
   */
  record Found(
      int[] kept,
      float[] features,
      float[] boxes,
      int[] objects,
      float[] probabilities,
      float[] selectedBy,
      int[] attributes,
      float[] attributeProbabilities,
      double threshold) {}

  /**
   * Finds the regions of a picture.
   *
   * @throws io.github.visualbert.error.InputException when there is none, or the picture is too
   *     small for the network
   */
  Found forward(Execution execution, Picture picture, Finiteness finiteness, Stages traced);

  /**
   * Returns the probabilities of the classes, without background, (regions, classes).
   *
   * @param features (regions, dim) of at least one region that the network found
   */
  float[] classProbabilities(Execution execution, float[] features);

  /** Returns whether the network takes prepared pictures of a size. */
  boolean sees(int width, int height);

  /**
   * Prepares the stages for a picture that is scaled already.
   *
   * @param picture (3, height, width), as it enters the network
   * @param boxes four pixels of the scaled picture for each region
   */
  DetectorBench bench(Execution execution, float[] picture, int height, int width, float[] boxes);

  /** Returns the columns of the features. */
  int featureDim();

  /** Returns the network in words. */
  String describe();

  /**
   * Returns about how many bytes a picture of a size takes while its regions are found; 0 for one
   * that is too narrow.
   */
  long bytes(int width, int height, int workers);

  /** Returns rows that are multiplied by weights, in a matrix of the workspace. */
  static Matrix panels(Execution execution, float[] rows, int length) {
    Matrix x = execution.workspace().matrix(rows.length / length, length, Layout.PANELS);
    float[] row = new float[length];
    for (int r = 0; r < x.rows(); r++) {
      System.arraycopy(rows, r * length, row, 0, length);
      x.setRow(r, row);
    }
    return x;
  }

  /** Returns the rows of a matrix of rows of equal length, in another order. */
  static float[] rows(float[] matrix, int length, int[] order) {
    float[] rows = new float[order.length * length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(matrix, order[i] * length, rows, i * length, length);
    }
    return rows;
  }
}
