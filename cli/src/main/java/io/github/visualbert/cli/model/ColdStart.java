package io.github.visualbert.cli.model;

import io.github.visualbert.internal.file.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Decides whether a fresh JVM finishes sooner with scalar kernels than with vector kernels.
 *
 * <p>The Vector API is a thousand times slower interpreted than compiled, and the JIT compiler
 * takes about a second for the vector kernels. It compiles the scalar kernels in a few hundredths
 * of a second, and in the rest of that second they answer a question to a base model on two
 * threads. Both give the same bits.
 */
final class ColdStart {
  /** What the scalar kernels compute on one thread while vector kernels would be compiled. */
  private static final long MULTIPLY_ADDS = 6_000_000_000L;

  /** A generous estimate of the tokens and regions of a sequence, which meet every weight. */
  static final long ROWS_OF_SEQUENCE = 64;

  /**
   * About how often a picture uses a weight of a detector: 1,100 times with the demo detector, 15
   * times as often with the published one, which is far beyond the limit by its size alone.
   */
  static final long PLACES_OF_PICTURE = 4096;

  private ColdStart() {}

  /**
   * Estimates from the size of the weights whether scalar kernels finish first.
   *
   * @param model a folder of a model or a detector
   * @param uses how often each weight is used
   * @param threads on how many threads
   */
  static boolean prefersScalar(Path model, long uses, int threads) {
    try (Stream<Path> files = Files.list(model)) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files.filter(ColdStart::holdsWeights)::iterator) {
        bytes += Files.size(file);
      }
      // F16 and BF16 files hold twice as many weights per byte, so the estimate is off by up to
      // two.
      long weights = bytes / Float.BYTES;
      return weights > 0 && weights < MULTIPLY_ADDS * threads / uses;
    } catch (IOException e) {
      return false; // opening the model reports what is wrong with it
    }
  }

  private static boolean holdsWeights(Path file) {
    String name = file.toString();
    return name.endsWith(".safetensors")
        || name.endsWith(".bin")
        || ModelFolder.ORIGINALS.stream().anyMatch(name::endsWith);
  }
}
