package io.github.visualbert.extract;

import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.Box;
import io.github.visualbert.vision.VisualFeatures;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a picture into region features without a detector: the mean colours of a grid of cells.
 *
 * <p>The picture is divided into {@code gridRows x gridColumns} regions of {@code cellRows x
 * cellColumns} cells each. The vector of a region holds, cell by cell and row by row, the
 * normalised means of red, green and blue, {@code (mean * 255 * rescaleFactor - imageMean) /
 * imageStd} in double precision rounded to float at the end, and then, if asked for, the region's
 * box in fractions of the picture (left, top, right, bottom). Cells are whole pixels: where the
 * division is not even, neighbours share pixels, so that pictures of every size work, down to one
 * pixel.
 *
 * <p>Immutable and thread-safe.
 */
public final class GridFeatures implements FeatureExtractor {
  private static final int CHANNELS = 3;

  private final int gridRows;
  private final int gridColumns;
  private final int cellRows;
  private final int cellColumns;
  private final double levels; // 1 / rescaleFactor: 255 for means in 0..1
  private final double[] mean;
  private final double[] std;
  private final boolean appendBox;
  private final List<Box> boxes;

  /**
   * Makes an extractor from the settings of a {@code preprocessor_config.json}.
   *
   * @throws io.github.visualbert.internal.json.JsonException when a setting is missing or of
   *     another kind
   * @throws IllegalArgumentException when one is out of range, or they contradict each other
   */
  @SuppressWarnings("exports") // made by an open model
  public static GridFeatures of(JsonObject json) {
    JsonArray grid = pair(json, "grid");
    JsonArray cells = pair(json, "cells");
    GridFeatures features =
        new GridFeatures(
            grid.getInt(0),
            grid.getInt(1),
            cells.getInt(0),
            cells.getInt(1),
            json.getDouble("rescale_factor"),
            numbers(json.getArray("image_mean")),
            numbers(json.getArray("image_std")),
            json.getBoolean("append_box"));
    int dim = json.getInt("visual_embedding_dim");
    if (dim != features.dim()) {
      throw new IllegalArgumentException(
          "visual_embedding_dim is %d, the other settings make %d columns"
              .formatted(dim, features.dim()));
    }
    return features;
  }

  private static JsonArray pair(JsonObject json, String key) {
    JsonArray pair = json.getArray(key);
    if (pair.size() != 2) {
      throw new IllegalArgumentException(
          "%s has %d numbers, expected rows and columns".formatted(key, pair.size()));
    }
    return pair;
  }

  private static double[] numbers(JsonArray array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.getDouble(i);
    }
    return numbers;
  }

  /**
   * Makes an extractor.
   *
   * @param gridRows regions down the picture
   * @param gridColumns regions across it
   * @param cellRows cells down a region
   * @param cellColumns cells across it
   * @param rescaleFactor what a byte is multiplied by, usually 1/255
   * @param imageMean what is subtracted from the mean of red, green and blue
   * @param imageStd what the difference is divided by
   * @param appendBox whether each vector ends with the region's box
   * @throws IllegalArgumentException when a number is out of range
   */
  GridFeatures(
      int gridRows,
      int gridColumns,
      int cellRows,
      int cellColumns,
      double rescaleFactor,
      double[] imageMean,
      double[] imageStd,
      boolean appendBox) {
    this.gridRows = gridRows;
    this.gridColumns = gridColumns;
    this.cellRows = cellRows;
    this.cellColumns = cellColumns;
    this.levels = 1 / rescaleFactor;
    this.mean = imageMean.clone();
    this.std = imageStd.clone();
    this.appendBox = appendBox;
    check(rescaleFactor);
    List<Box> all = new ArrayList<>();
    for (int ry = 0; ry < gridRows; ry++) {
      for (int rx = 0; rx < gridColumns; rx++) {
        all.add(
            new Box(
                (float) (rx / (double) gridColumns),
                (float) (ry / (double) gridRows),
                (float) ((rx + 1) / (double) gridColumns),
                (float) ((ry + 1) / (double) gridRows)));
      }
    }
    this.boxes = List.copyOf(all);
  }

  private void check(double rescaleFactor) {
    int most = 1 << 10;
    if (gridRows < 1
        || gridColumns < 1
        || cellRows < 1
        || cellColumns < 1
        || Math.max(Math.max(gridRows, gridColumns), Math.max(cellRows, cellColumns)) > most
        || (long) gridRows * gridColumns * (3L * cellRows * cellColumns + 4)
            > VisualFeatures.MAX_NUMBERS) {
      throw new IllegalArgumentException(
          "grid [%d, %d] of cells [%d, %d]: expected 1 to %d of each, and at most %d numbers in all"
              .formatted(
                  gridRows, gridColumns, cellRows, cellColumns, most, VisualFeatures.MAX_NUMBERS));
    }
    if (!(rescaleFactor > 0 && rescaleFactor <= 1e6 && Double.isFinite(levels))) {
      throw new IllegalArgumentException(
          "rescale_factor is %s, expected a positive number".formatted(rescaleFactor));
    }
    if (mean.length != CHANNELS || std.length != CHANNELS) {
      throw new IllegalArgumentException(
          "image_mean has %d numbers and image_std %d, expected 3 of each"
              .formatted(mean.length, std.length));
    }
    for (int c = 0; c < CHANNELS; c++) {
      double darkest = -mean[c] / std[c];
      double brightest = (255 / levels - mean[c]) / std[c];
      if (!(std[c] > 0) || !Float.isFinite((float) darkest) || !Float.isFinite((float) brightest)) {
        throw new IllegalArgumentException(
            "image_mean %s and image_std %s of channel %d: expected finite numbers, the second positive, that keep the features finite"
                .formatted(mean[c], std[c], c));
      }
    }
  }

  /** Returns the number of regions that every picture gets. */
  public int regions() {
    return gridRows * gridColumns;
  }

  @Override
  public int dim() {
    return cellRows * cellColumns * CHANNELS + (appendBox ? 4 : 0);
  }

  /**
   * Computes the features of a picture, which is turned upright first, as transformers' own image
   * processors are given it.
   */
  @Override
  public VisualFeatures extract(Picture asTaken) {
    Picture picture = asTaken.upright();
    int rows = gridRows * cellRows;
    int columns = gridColumns * cellColumns;
    int dim = dim();
    float[] features = new float[regions() * dim];
    for (int cy = 0; cy < rows; cy++) {
      int y0 = first(cy, picture.height(), rows);
      int y1 = end(cy, picture.height(), rows);
      for (int cx = 0; cx < columns; cx++) {
        int x0 = first(cx, picture.width(), columns);
        int x1 = end(cx, picture.width(), columns);
        int region = cy / cellRows * gridColumns + cx / cellColumns;
        int cell = cy % cellRows * cellColumns + cx % cellColumns;
        cellMeans(picture, x0, y0, x1, y1, features, region * dim + cell * CHANNELS);
      }
    }
    if (appendBox) {
      for (int region = 0; region < boxes.size(); region++) {
        Box box = boxes.get(region);
        int at = (region + 1) * dim - 4;
        features[at] = box.left();
        features[at + 1] = box.top();
        features[at + 2] = box.right();
        features[at + 3] = box.bottom();
      }
    }
    return VisualFeatures.of(picture.source(), features, regions(), dim).withBoxes(boxes);
  }

  private static int first(int cell, int pixels, int cells) {
    return (int) ((long) cell * pixels / cells);
  }

  private static int end(int cell, int pixels, int cells) {
    return (int) (((long) (cell + 1) * pixels + cells - 1) / cells);
  }

  private void cellMeans(
      Picture picture, int x0, int y0, int x1, int y1, float[] features, int out) {
    long red = 0;
    long green = 0;
    long blue = 0;
    for (int y = y0; y < y1; y++) {
      for (int x = x0; x < x1; x++) {
        int pixel = picture.pixel(x, y);
        red += pixel >> 16;
        green += pixel >> 8 & 0xff;
        blue += pixel & 0xff;
      }
    }
    double divisor = (double) ((long) (y1 - y0) * (x1 - x0)) * levels;
    features[out] = (float) ((red / divisor - mean[0]) / std[0]);
    features[out + 1] = (float) ((green / divisor - mean[1]) / std[1]);
    features[out + 2] = (float) ((blue / divisor - mean[2]) / std[2]);
  }
}
