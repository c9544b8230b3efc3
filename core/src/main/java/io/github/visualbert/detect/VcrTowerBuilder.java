package io.github.visualbert.detect;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.kernel.ComputeSettings;
import io.github.visualbert.kernel.Kernels;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * Opens VCR's tower with settings. Not thread-safe; every setting has a default: the canvas that is
 * published, stored statistics, the fastest provider and as many threads as processors.
 */
public final class VcrTowerBuilder {
  private static final int MOST_PIXELS = 4096;

  private final Path weights;
  private int canvasWidth = 768;
  private int canvasHeight = 384;
  private boolean batchStatistics;
  private ComputeSettings compute = ComputeSettings.standard();

  VcrTowerBuilder(Path weights) {
    this.weights = weights;
  }

  /** Sets the size in pixels of what the network sees, into which pictures are fitted. */
  public VcrTowerBuilder canvas(int width, int height) {
    if (Math.min(width, height) < 1 || Math.max(width, height) > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "a canvas of %d x %d, expected 1 to %d pixels on a side"
              .formatted(width, height, MOST_PIXELS));
    }
    this.canvasWidth = width;
    this.canvasHeight = height;
    return this;
  }

  /**
   * Normalises the backbone's maps by their own statistics, as the authors' pre-trained checkpoints
   * were trained; the fine-tuned ones use those that are stored.
   */
  public VcrTowerBuilder batchStatistics(boolean wanted) {
    this.batchStatistics = wanted;
    return this;
  }

  /** Computes with these kernels, as {@link RegionDetectorBuilder#provider} does. */
  public VcrTowerBuilder provider(String name) {
    this.compute = compute.withProvider(name);
    return this;
  }

  /**
   * Sets the number of threads that compute a pass, its caller included. With 1 no thread is
   * started.
   */
  public VcrTowerBuilder threads(int count) {
    this.compute = compute.withThreads(count);
    return this;
  }

  /**
   * Borrows helper threads from an executor instead of starting them; it stays the caller's to shut
   * down.
   */
  public VcrTowerBuilder executor(Executor lender) {
    this.compute = compute.withExecutor(lender);
    return this;
  }

  /**
   * Opens the tower.
   *
   * @throws ModelException when the file cannot be used; the message names everything that is wrong
   *     with the weights
   * @throws IllegalArgumentException when a provider was asked for that does not run here
   */
  public VcrTower open() {
    Kernels kernels = compute.kernels();
    return OpenWeights.open(weights, kernels, compute.workers(), this::tower);
  }

  private VcrTower tower(OpenWeights opened) {
    TowerNetwork network =
        opened.load(
            DetectorKind.VCR.epsilon(),
            WeightsForm.TOWER,
            found -> TowerNetwork.load(found, opened.engine().kernels(), batchStatistics));
    if (!network.sees(canvasWidth, canvasHeight)) {
      throw new IllegalArgumentException(
          "a canvas of %d x %d is too narrow".formatted(canvasWidth, canvasHeight));
    }
    String settings = "vcr %d %d %s".formatted(canvasWidth, canvasHeight, batchStatistics);
    return new VcrTower(network, canvasWidth, canvasHeight, settings, opened);
  }
}
