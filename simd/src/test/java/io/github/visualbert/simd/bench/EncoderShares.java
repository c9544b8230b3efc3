package io.github.visualbert.simd.bench;

import io.github.visualbert.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Prints where a pass through the encoder spends its time, and what share of the FMA peak each part
 * reaches. Passes and peak are measured in turn in one process.
 *
 * <p>Arguments: sequences x rows, threads, seconds, dtype, provider; all are optional, from the
 * last on.
 */
public final class EncoderShares {
  private EncoderShares() {}

  public static void main(String[] args) {
    String[] given = Arrays.copyOf(args, 5);
    String batch = given[0] == null ? "1x56" : given[0];
    int threads = given[1] == null ? 1 : Integer.parseInt(given[1]);
    int seconds = given[2] == null ? 20 : Integer.parseInt(given[2]);
    DType dtype = given[3] == null ? DType.F32 : DType.valueOf(given[3]);
    String provider = given[4] == null ? "simd" : given[4];
    try (Encoder encoder = EncoderBenchmark.encoder(provider, batch, dtype, threads)) {
      report(encoder, batch + ", " + threads + " threads, " + dtype, threads, seconds);
    }
  }

  private static void report(Encoder encoder, String title, int threads, int seconds) {
    FmaPeakBenchmark peak = new FmaPeakBenchmark();
    double peakFlops = peak.flops();
    double peakFlopsPerNano = 0;
    List<Long> passes = new ArrayList<>();
    Map<Encoder.Op, List<Long>> parts = new EnumMap<>(Encoder.Op.class);
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    long measured = System.nanoTime() + seconds * 300_000_000L;
    while (System.nanoTime() < end) {
      for (int i = 0; i < 20; i++) {
        long begin = System.nanoTime();
        peak.run();
        peakFlopsPerNano = Math.max(peakFlopsPerNano, peakFlops / (System.nanoTime() - begin));
      }
      encoder.pass();
      if (System.nanoTime() > measured) {
        long total = 0;
        for (Map.Entry<Encoder.Op, Long> part : encoder.nanos().entrySet()) {
          parts.computeIfAbsent(part.getKey(), op -> new ArrayList<>()).add(part.getValue());
          total += part.getValue();
        }
        passes.add(total);
      }
    }
    peakFlopsPerNano *= threads;
    System.out.printf(
        "%s: FMA peak %.1f GFLOP/s, %d passes%n", title, peakFlopsPerNano, passes.size());
    System.out.println("part        least ms  median ms  of median   peak, least   peak, median");
    double median = quantile(passes, 0.5);
    for (Encoder.Op op : Encoder.Op.values()) {
      line(op.name(), parts.get(op), median, encoder.flops(op) / peakFlopsPerNano);
    }
    line("pass", passes, median, encoder.flops() / peakFlopsPerNano);
  }

  private static void line(String name, List<Long> nanos, double whole, double ideal) {
    double least = quantile(nanos, 0);
    double median = quantile(nanos, 0.5);
    System.out.printf(
        "%-10s %9.2f %10.2f %9.1f%% %13.3f %14.3f%n",
        name, least / 1e6, median / 1e6, 100 * median / whole, ideal / least, ideal / median);
  }

  private static double quantile(List<Long> nanos, double q) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted[(int) (q * (sorted.length - 1))];
  }
}
