package io.github.visualbert.detect;

import io.github.visualbert.kernel.Engine;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * The mapped weights of an open network, and what computes with them. Thread-safe.
 *
 * <p>{@link #close} waits for the passes that run, then unmaps the weights; closing again has no
 * effect.
 */
final class OpenWeights implements AutoCloseable {
  private final TensorSource source;
  private final Engine engine;
  private final Arena arena;
  private String fingerprint; // made when it is first asked for; guarded by this

  private OpenWeights(TensorSource source, Engine engine, Arena arena) {
    this.source = source;
    this.engine = engine;
    this.arena = arena;
  }

  /**
   * Opens weights, and closes them and the workers again when a network cannot be made of them.
   *
   * @param workers belong to the weights from now on
   * @param load makes the network that keeps the weights
   * @throws io.github.visualbert.error.ModelException when they cannot be read
   */
  static <T> T open(Path weights, Kernels kernels, Workers workers, Function<OpenWeights, T> load) {
    Arena arena = Arena.ofShared();
    TensorSource source = null;
    try {
      TensorSource opened = TensorSource.open(weights, arena);
      source = opened;
      Engine engine = new Engine(kernels, workers, opened::checkUnchanged);
      return load.apply(new OpenWeights(opened, engine, arena));
    } catch (RuntimeException | Error e) {
      workers.close();
      if (source != null) {
        source.close();
      }
      arena.close();
      throw e;
    }
  }

  /**
   * Loads a network.
   *
   * @param epsilon of its batch norms
   */
  <T> T load(double epsilon, WeightsForm form, Function<DetectorWeights, T> network) {
    return source.reading(
        () -> network.apply(new DetectorWeights(source, engine.kernels(), arena, epsilon, form)));
  }

  Engine engine() {
    return engine;
  }

  TensorSource source() {
    return source;
  }

  /** Returns one line about the kernels that compute: the provider's name, and what it runs on. */
  String kernels() {
    return engine.kernels().provider() + ": " + engine.kernels().description();
  }

  /**
   * Returns a digest of settings and all numbers of the weights, which are read the first time.
   *
   * @param settings the same at every call
   * @throws IllegalStateException after close
   */
  String fingerprint(String settings) {
    return engine.run(
        unused -> {
          synchronized (this) {
            if (fingerprint == null) {
              fingerprint = source.reading(() -> Fingerprint.of(settings, source));
            }
            return fingerprint;
          }
        });
  }

  @Override
  public synchronized void close() {
    engine.close();
    engine.workers().close();
    source.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
