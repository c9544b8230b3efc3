package io.github.visualbert.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Tells work that a fresh JVM finishes sooner with plain Java than with vectors.
 *
 * <p>Interpreted, the Vector API is a thousand times slower than compiled, and the compiler needs
 * about a second of processor time for its kernels: more than a small model's whole forward pass. A
 * question to the demo model took a third of the processor time with the scalar kernels, 400 in one
 * process still two thirds. Which kernels compute changes no bit of an answer.
 */
final class LittleWork {
  /** A tenth of what the scalar kernels were seen to do while they were still the faster ones. */
  private static final long MULTIPLY_ADDS = 2_000_000_000;

  /** Words and regions of a sequence, generously. */
  private static final long ROWS = 64;

  private LittleWork() {}

  /**
   * Estimates from the size of the weights whether the work is little.
   *
   * @param model a model folder
   * @param sequences how many texts are asked with it
   */
  static boolean is(Path model, int sequences) {
    try (Stream<Path> files = Files.list(model)) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files.filter(LittleWork::holdsWeights)::iterator) {
        bytes += Files.size(file);
      }
      long weights = bytes / Short.BYTES; // at most: the smallest are half-precision
      return weights > 0 && weights < MULTIPLY_ADDS / ROWS / sequences;
    } catch (IOException e) {
      return false; // whoever opens the model will say what is wrong with it
    }
  }

  private static boolean holdsWeights(Path file) {
    String name = file.toString();
    return name.endsWith(".safetensors") || name.endsWith(".bin") || name.endsWith(".th");
  }
}
