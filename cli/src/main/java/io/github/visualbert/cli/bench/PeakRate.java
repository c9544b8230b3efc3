package io.github.visualbert.cli.bench;

import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Workers;

/** The peak rate of fused multiply-adds, measured by a loop of nothing else. */
final class PeakRate {
  private static final int ROUNDS = 20;
  private static final double ROUND_SECONDS = 0.05;

  private PeakRate() {}

  /** Returns the best of several short rounds, in GFLOP/s of all threads together. */
  static double measure(Kernels kernels, int threads) {
    try (Workers workers = Workers.of(threads)) {
      long iterations = 1000;
      double best = 0;
      for (int round = 0; round < ROUNDS; ) {
        long each = iterations;
        int chunks = 4 * threads; // small chunks, so that a late worker costs little
        long[] done = new long[chunks];
        long start = System.nanoTime();
        workers.forEach(chunks, (chunk, worker) -> done[chunk] = kernels.multiplyAdds(each));
        double seconds = 1e-9 * (System.nanoTime() - start);
        if (seconds < ROUND_SECONDS) {
          iterations *= 2; // too short to measure, and perhaps not compiled yet
          continue;
        }
        long multiplyAdds = 0;
        for (long count : done) {
          multiplyAdds += count;
        }
        best = Math.max(best, 2e-9 * multiplyAdds / seconds);
        round++;
      }
      return best;
    }
  }
}
