package io.github.visualbert.kernel.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.kernel.Activation;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.Matrix.Layout;
import io.github.visualbert.kernel.RegionWindow;
import io.github.visualbert.kernel.SampleGrid;
import io.github.visualbert.kernel.Window;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests of the operations of {@link ImageKernels} that pool, copy and average. */
public abstract class PoolingContract extends KernelContract {
  private static final Window PADDED = new Window(3, 2, 1, 1);
  private static final Window UNPADDED = new Window(3, 2, 0, 1);
  private static final int[] CHANNELS = {1, 3, 4, 8, 15, 16, 17, 40};

  @Test
  void takesTheLargestNumberUnderTheWindow() {
    for (int[] size : new int[][] {{1, 1}, {3, 3}, {7, 18}, {16, 33}, {5, 64}}) {
      for (int channels : CHANNELS) {
        FeatureMap x = fill(FeatureMap.of(operands, channels, size[0], size[1]), channels);
        largest(x, PADDED, (size[0] - 1) / 2 + 1, (size[1] - 1) / 2 + 1);
        if (size[0] >= 3 && size[1] >= 3) { // the last window of each row is cut, if sizes are even
          largest(x, UNPADDED, (size[0] - 2) / 2 + 1, (size[1] - 2) / 2 + 1);
        }
      }
      FeatureMap stacked = fill(FeatureMap.stacked(operands, 18, 5, size[0], size[1]), 3);
      largest(stacked, PADDED, (size[0] - 1) / 2 + 1, (size[1] - 1) / 2 + 1);
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  private void largest(FeatureMap x, Window window, int height, int width) {
    FeatureMap y =
        x.order() == FeatureMap.Order.PIXELS
            ? FeatureMap.of(operands, x.channels(), height, width)
            : FeatureMap.stacked(operands, x.maps(), x.channels(), height, width);
    kernels().images().maxPool(alone, x, window, y);
    for (int m = 0; m < x.maps(); m++) {
      for (int c = 0; c < x.channels(); c++) {
        for (int row = 0; row < height; row++) {
          for (int column = 0; column < width; column++) {
            float expected = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < 9; i++) {
              int py = 2 * row + i / 3 - window.padding();
              int px = 2 * column + i % 3 - window.padding();
              if (py >= 0 && py < x.height() && px >= 0 && px < x.width()) {
                expected = Math.max(expected, x.get(m, c, py, px));
              }
            }
            compare(x + " " + window, row, column, y.get(m, c, row, column), expected, 0);
          }
        }
      }
    }
  }

  @Test
  void copiesPixelsToRows() {
    for (int channels : CHANNELS) {
      FeatureMap x = fill(FeatureMap.of(operands, channels, 3, 11), channels);
      Matrix y = output(33, channels, Layout.ROWS);
      kernels().images().toRows(alone, x, y);
      for (int p = 0; p < 33; p++) {
        for (int c = 0; c < channels; c++) {
          compare("rows", p, c, y.get(p, c), x.get(0, c, p / 11, p % 11), 0);
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void averagesEveryMap() {
    for (int channels : CHANNELS) {
      FeatureMap x = fill(FeatureMap.stacked(operands, 21, channels, 3, 5), channels);
      Matrix y = output(21, channels, Layout.PANELS);
      kernels().images().mean(alone, x, y);
      for (int m = 0; m < 21; m++) {
        for (int c = 0; c < channels; c++) {
          float sum = 0;
          for (int p = 0; p < 15; p++) {
            sum += x.get(m, c, p / 5, p % 5);
          }
          compare("mean", m, c, y.get(m, c), sum / 15, 0);
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void flattensEveryMap() {
    for (int channels : CHANNELS) {
      FeatureMap x = fill(FeatureMap.stacked(operands, 21, channels, 3, 5), channels);
      Matrix y = output(21, channels * 15, Layout.PANELS);
      kernels().images().flatten(alone, x, y);
      for (int m = 0; m < 21; m++) {
        for (int i = 0; i < channels * 15; i++) {
          float expected = x.get(m, i / 15, i % 15 / 5, i % 5);
          compare("flatten", m, i, y.get(m, i), expected, 0);
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void addsAMapOfHalfTheSize() {
    for (int channels : CHANNELS) {
      FeatureMap x = fill(FeatureMap.of(operands, channels, 3, 9), channels);
      FeatureMap before = fill(FeatureMap.of(operands, channels, 6, 18), 1);
      FeatureMap y = fill(FeatureMap.of(operands, channels, 6, 18), 1);
      kernels().images().addUpsampled(alone, x, y);
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < 6 * 18; p++) {
          float expected = before.get(0, c, p / 18, p % 18) + x.get(0, c, p / 36, p % 18 / 2);
          compare("sum", c, p, y.get(0, c, p / 18, p % 18), expected, 0);
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void normalises() {
    for (int channels : CHANNELS) {
      for (Activation activation : new Activation[] {Activation.RELU, Activation.TANH}) {
        FeatureMap x = fill(FeatureMap.of(operands, channels, 3, 7), channels);
        FeatureMap residual = fill(FeatureMap.of(operands, channels, 3, 7), 1);
        float[] scale = vector(channels, 2);
        float[] shift = vector(channels, 3);
        FeatureMap y = FeatureMap.of(operands, channels, 3, 7);
        FeatureMap sum = FeatureMap.of(operands, channels, 3, 7);
        ImageKernels images = kernels().images();
        images.norm(alone, x, scale, shift, null, activation, y);
        images.norm(alone, x, scale, shift, residual, activation, sum);
        for (int c = 0; c < channels; c++) {
          for (int p = 0; p < 21; p++) {
            float value = Math.fma(x.get(0, c, p / 7, p % 7), scale[c], shift[c]);
            float added = value + residual.get(0, c, p / 7, p % 7);
            compare("norm", c, p, y.get(0, c, p / 7, p % 7), activation.apply(value), 0);
            compare("sum", c, p, sum.get(0, c, p / 7, p % 7), activation.apply(added), 0);
          }
        }
        images.norm(alone, x, scale, shift, null, activation, x);
        compareBits("in place", x.matrix(), y.matrix());
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void poolsTheBinsOfRegions() {
    for (int channels : CHANNELS) {
      Matrix pixels = random(9 * 13, channels, Layout.ROWS, channels);
      float[] boxes = boxes(25);
      FeatureMap y = FeatureMap.stacked(operands, 22, channels, 4, 4);
      kernels().images().roiPool(alone, pixels, 9, 13, boxes, 3, 0.25f, y);
      for (int m = 0; m < 22; m++) {
        RegionWindow window = new RegionWindow(boxes, 3 + m, 0.25f, 4, 9, 13);
        for (int c = 0; c < channels; c++) {
          for (int bin = 0; bin < 16; bin++) {
            float expected = Float.NEGATIVE_INFINITY;
            for (int row = window.rowBegin(bin / 4); row < window.rowEnd(bin / 4); row++) {
              for (int x = window.columnBegin(bin % 4); x < window.columnEnd(bin % 4); x++) {
                expected = Math.max(expected, pixels.get(row * 13 + x, c));
              }
            }
            expected = expected == Float.NEGATIVE_INFINITY ? 0 : expected;
            compare("region " + m, bin, c, y.get(m, c, bin / 4, bin % 4), expected, 0);
          }
        }
      }
      operands.reset();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void alignsTheBinsOfRegions() {
    for (int sampling : new int[] {0, 1, 2}) {
      for (int channels : CHANNELS) {
        Matrix pixels = random(9 * 13, channels, Layout.ROWS, channels);
        float[] boxes = boxes(25);
        FeatureMap y = FeatureMap.stacked(operands, 22, channels, 4, 4);
        kernels().images().roiAlign(alone, pixels, 9, 13, boxes, 3, 0.25f, sampling, y);
        for (int m = 0; m < 22; m++) {
          SampleGrid grid = new SampleGrid(boxes, 3 + m, 0.25f, 4, sampling, 9, 13);
          for (int c = 0; c < channels; c++) {
            for (int bin = 0; bin < 16; bin++) {
              float expected = mean(pixels, grid, bin / 4, bin % 4, c);
              compare("region " + m, bin, c, y.get(m, c, bin / 4, bin % 4), expected, 0);
            }
          }
        }
        operands.reset();
      }
    }
    assertThat(failures).isEmpty();
  }

  private static float mean(Matrix pixels, SampleGrid grid, int row, int column, int c) {
    SampleGrid.Axis ys = grid.rows();
    SampleGrid.Axis xs = grid.columns();
    float sum = 0;
    for (int i = row * ys.perBin(); i < (row + 1) * ys.perBin(); i++) {
      for (int j = column * xs.perBin(); j < (column + 1) * xs.perBin(); j++) {
        if (!ys.isOutside(i) && !xs.isOutside(j)) {
          float ly = ys.share(i);
          float lx = xs.share(j);
          float sample = (1 - ly) * (1 - lx) * pixels.get(ys.low(i) * 13 + xs.low(j), c);
          sample += (1 - ly) * lx * pixels.get(ys.low(i) * 13 + xs.high(j), c);
          sample += ly * (1 - lx) * pixels.get(ys.high(i) * 13 + xs.low(j), c);
          sample += ly * lx * pixels.get(ys.high(i) * 13 + xs.high(j), c);
          sum += sample;
        }
      }
    }
    return sum / (ys.perBin() * xs.perBin());
  }

  /** Boxes in a picture of 52 x 36, some partly or wholly outside, some inverted. */
  private static float[] boxes(int count) {
    Random random = new Random(7);
    float[] boxes = new float[4 * count];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = random.nextFloat() * 80 - 20;
    }
    return boxes;
  }

  @Test
  void refusesWhatDoesNotFit() {
    ImageKernels images = kernels().images();
    FeatureMap x = fill(FeatureMap.of(operands, 4, 5, 5), 1);
    FeatureMap stacked = fill(FeatureMap.stacked(operands, 3, 4, 2, 2), 1);
    Matrix pixels = random(25, 4, Layout.ROWS, 1);
    refused(() -> images.maxPool(alone, x, PADDED, FeatureMap.of(operands, 4, 4, 3)), "no pixel");
    refused(() -> images.maxPool(alone, x, PADDED, FeatureMap.of(operands, 3, 3, 3)), "channels");
    refused(() -> images.toRows(alone, stacked, pixels), "expected PIXELS");
    refused(() -> images.toRows(alone, x, output(24, 4, Layout.ROWS)), "expected 25 x 4");
    refused(() -> images.mean(alone, x, output(1, 4, Layout.PANELS)), "expected STACKED");
    refused(() -> images.flatten(alone, x, output(1, 100, Layout.PANELS)), "expected STACKED");
    refused(() -> images.flatten(alone, stacked, output(3, 15, Layout.PANELS)), "expected 3 x 16");
    refused(
        () -> images.addUpsampled(alone, x, FeatureMap.of(operands, 4, 10, 9)), "twice the size");
    refused(
        () -> images.norm(alone, x, new float[3], new float[4], null, Activation.RELU, x),
        "3 scales");
    refused(
        () -> images.roiPool(alone, pixels, 5, 5, new float[8], 0, 1, stacked),
        "regions 0 to 3, there are 2");
    refused(
        () -> images.roiAlign(alone, pixels, 5, 4, new float[12], 0, 1, 2, stacked),
        "expected 20 x 4");
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
