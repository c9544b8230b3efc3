package io.github.visualbert.cli.bench;

import io.github.visualbert.cli.console.ProgressBar;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** Times of one piece of work, done over and over once the JVM has compiled it. */
final class Stopwatch {
  /** The fewest runs to measure, however long they take. */
  private static final int FEWEST_RUNS = 5;

  private static final double WINDOW_SECONDS = 0.3;
  private static final int CALM_WINDOWS = 3;
  private static final double LONGEST_WARM_UP_SECONDS = 30;

  private final double[] sorted; // ms

  private Stopwatch(double[] milliseconds) {
    sorted = milliseconds;
    Arrays.sort(sorted);
  }

  /** Warms the work up and measures it for the given time. */
  static Stopwatch measure(Runnable work, double seconds, ProgressBar progress) {
    warmUp(work, progress);
    double[] times = new double[1024];
    int count = 0;
    long start = System.nanoTime();
    for (double elapsed = 0; count < FEWEST_RUNS || elapsed < seconds; ) {
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = 1e3 * time(work);
      elapsed = since(start);
      progress.show(elapsed / seconds, "measuring");
    }
    return new Stopwatch(Arrays.copyOf(times, count));
  }

  /**
   * Runs the work until the JIT compiler is idle: for three windows in a row it has compiled next
   * to nothing and the best time has not improved.
   */
  private static void warmUp(Runnable work, ProgressBar progress) {
    CompilationMXBean compiler =
        ManagementFactory.getCompilationMXBean(); // null without a JIT compiler
    long start = System.nanoTime();
    double best = Double.POSITIVE_INFINITY;
    for (int calm = 0; calm < CALM_WINDOWS && since(start) < LONGEST_WARM_UP_SECONDS; ) {
      long compiled = compiler == null ? 0 : compiler.getTotalCompilationTime();
      long windowStart = System.nanoTime();
      double bestOfWindow = Double.POSITIVE_INFINITY;
      do {
        bestOfWindow = Math.min(bestOfWindow, time(work));
        progress.show(0, "warming up");
      } while (since(windowStart) < WINDOW_SECONDS);
      compiled = (compiler == null ? 0 : compiler.getTotalCompilationTime()) - compiled;
      boolean quiet = 1e-3 * compiled <= 0.03 * since(windowStart);
      calm = quiet && bestOfWindow > 0.98 * best ? calm + 1 : 0;
      best = Math.min(best, bestOfWindow);
    }
  }

  /** Returns how long one run takes, in seconds. */
  private static double time(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return since(start);
  }

  private static double since(long start) {
    return 1e-9 * (System.nanoTime() - start);
  }

  int count() {
    return sorted.length;
  }

  /** Returns the shortest time, in milliseconds. */
  double min() {
    return sorted[0];
  }

  /** Returns the median time, in milliseconds. */
  double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Returns the longest time, in milliseconds. */
  double max() {
    return sorted[sorted.length - 1];
  }
}
