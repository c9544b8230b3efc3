package io.github.visualbert.kernel;

import io.github.visualbert.kernel.FeatureMap.Order;

/**
 * Where the tiles of a {@linkplain Winograd} convolution lie: blocks of 4 x 4 outputs, each with
 * the 6 x 6 inputs around it.
 *
 * <p>Tiles begin at the corner of the map, or of each grid of every d-th row and column if the
 * window is dilated by d. Sixteen tiles are the lanes of a panel: neighbours in row-major order in
 * PIXELS, the same tile of 16 maps in STACKED.
 */
public final class WinogradTiles {
  /** Outputs down and across a tile. */
  public static final int OUTPUTS = 4;

  /** Inputs down and across a tile, and products. */
  public static final int INPUTS = 6;

  /** Numbers of one tile and channel that are multiplied. */
  public static final int POSITIONS = INPUTS * INPUTS;

  private final FeatureMap y;
  private final int dilation;
  private final int down;
  private final int across;
  private final int tilesOfMap;

  /** Divides maps into tiles; the input has the size of the output. */
  public WinogradTiles(FeatureMap y, int dilation) {
    this.y = y;
    this.dilation = dilation;
    this.down = Math.ceilDiv(Math.ceilDiv(y.height(), dilation), OUTPUTS);
    this.across = Math.ceilDiv(Math.ceilDiv(y.width(), dilation), OUTPUTS);
    this.tilesOfMap = down * across * dilation * dilation;
  }

  /** Returns the number of panels of tiles. */
  public int panels() {
    return y.order() == Order.PIXELS
        ? Math.ceilDiv(tilesOfMap, Matrix.PANEL_ROWS)
        : Matrix.paddedRows(y.maps()) / Matrix.PANEL_ROWS * tilesOfMap;
  }

  /**
   * Returns the first row of pixels of a tile's outputs, or {@link Taps#OUTSIDE} for lanes without
   * a tile. For tiles of neighbours: maps in PIXELS order, dilation 1.
   */
  public int firstRow(int panel, int lane) {
    int tile = panel * Matrix.PANEL_ROWS + lane;
    return tile < tilesOfMap ? tile / across * OUTPUTS : Taps.OUTSIDE;
  }

  /** Returns the first column of pixels of a tile's outputs; see {@link #firstRow}. */
  public int firstColumn(int panel, int lane) {
    return (panel * Matrix.PANEL_ROWS + lane) % across * OUTPUTS;
  }

  /** Returns whether the outputs of a tile are neighbours, and those of the next follow them. */
  public boolean neighbours() {
    return y.order() == Order.PIXELS && dilation == 1;
  }

  /**
   * Returns the row of a map's matrix that holds an input of a tile, or {@link Taps#OUTSIDE} for
   * padding and for lanes without a tile.
   *
   * @param position row-major in the tile's 6 x 6 inputs
   */
  public int input(int panel, int lane, int position) {
    return row(panel, lane, position / INPUTS - 1, position % INPUTS - 1);
  }

  /**
   * Returns the row that holds an output of a tile, or {@link Taps#OUTSIDE} if it is beyond the
   * map.
   *
   * @param position row-major in the tile's 4 x 4 outputs
   */
  public int output(int panel, int lane, int position) {
    return row(panel, lane, position / OUTPUTS, position % OUTPUTS);
  }

  private int row(int panel, int lane, int i, int j) {
    boolean pixels = y.order() == Order.PIXELS;
    int tile = pixels ? panel * Matrix.PANEL_ROWS + lane : panel % tilesOfMap;
    int grid = tile / (down * across);
    int ofGrid = tile % (down * across);
    int row = grid / dilation + dilation * (ofGrid / across * OUTPUTS + i);
    int column = grid % dilation + dilation * (ofGrid % across * OUTPUTS + j);
    if (tile >= tilesOfMap || row < 0 || row >= y.height() || column < 0 || column >= y.width()) {
      return Taps.OUTSIDE;
    }
    int pixel = row * y.width() + column;
    return pixels ? pixel : (panel / tilesOfMap * y.pixels() + pixel) * Matrix.PANEL_ROWS + lane;
  }
}
