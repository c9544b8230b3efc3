package io.github.visualbert.detect;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.kernel.Engine;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
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
  private String provider = KernelSelection.AUTO;
  private int threads = Runtime.getRuntime().availableProcessors();
  private Executor executor;

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
    this.provider = name;
    return this;
  }

  /**
   * Sets the number of threads that compute a pass, its caller included. With 1 no thread is
   * started.
   */
  public VcrTowerBuilder threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads is %d, expected at least 1".formatted(count));
    }
    this.threads = count;
    return this;
  }

  /**
   * Borrows helper threads from an executor instead of starting them; it stays the caller's to shut
   * down.
   */
  public VcrTowerBuilder executor(Executor lender) {
    this.executor = lender;
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
    Kernels kernels = KernelSelection.select(KernelSelection.resolve(provider)).kernels();
    Workers workers = executor == null ? Workers.of(threads) : Workers.on(executor, threads);
    Arena arena = Arena.ofShared();
    TensorSource source = null;
    try {
      TensorSource opened = TensorSource.open(weights, arena);
      source = opened;
      TowerNetwork network =
          opened.reading(
              () ->
                  TowerNetwork.load(
                      new DetectorWeights(
                          opened, kernels, arena, DetectorKind.VCR.epsilon(), WeightsForm.TOWER),
                      kernels,
                      batchStatistics));
      if (!network.sees(canvasWidth, canvasHeight)) {
        throw new IllegalArgumentException(
            "a canvas of %d x %d is too narrow".formatted(canvasWidth, canvasHeight));
      }
      return new VcrTower(
          network,
          canvasWidth,
          canvasHeight,
          "vcr %d %d %s".formatted(canvasWidth, canvasHeight, batchStatistics),
          new Engine(kernels, workers, opened::checkUnchanged),
          opened,
          arena);
    } catch (RuntimeException | Error e) {
      workers.close();
      if (source != null) {
        source.close();
      }
      arena.close();
      throw e;
    }
  }
}
