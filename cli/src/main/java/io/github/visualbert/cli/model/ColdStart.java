package io.github.visualbert.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Decides whether a fresh JVM finishes sooner with scalar kernels than with vector kernels.
 *
 * <p>Interpreted, the Vector API is a thousand times slower than compiled, and its kernels take the
 * compiler about a second to get ready: time in which the scalar ones, which it compiles in a few
 * hundredths, answer a question to a base model on two threads. Which kernels compute changes no
 * bit of an answer.
 */
final class ColdStart {
  /** What the scalar kernels do on one thread while the vector kernels would get ready. */
  private static final long MULTIPLY_ADDS = 6_000_000_000L;

  /** Words and regions of a sequence, generously. */
  private static final long ROWS = 64;

  private ColdStart() {}

  /**
   * Estimates from the size of the weights whether scalar kernels finish first.
   *
   * @param model a model folder
   * @param sequences how many texts are asked with it
   * @param threads on how many threads
   */
  static boolean is(Path model, int sequences, int threads) {
    try (Stream<Path> files = Files.list(model)) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files.filter(ColdStart::holdsWeights)::iterator) {
        bytes += Files.size(file);
      }
      // F16 and BF16 files hold twice as many weights per byte, so the estimate is off by up to
      // two.
      long weights = bytes / Float.BYTES;
      return weights > 0 && weights < MULTIPLY_ADDS * threads / ROWS / sequences;
    } catch (IOException e) {
      return false; // opening the model reports what is wrong with it
    }
  }

  private static boolean holdsWeights(Path file) {
    String name = file.toString();
    return name.endsWith(".safetensors") || name.endsWith(".bin") || name.endsWith(".th");
  }
}
