package io.github.visualbert.simd.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs the benchmarks of linear layers and attention together with the FMA peak, round after round,
 * and prints each as a share of the peak in its round. The least times show what the code can do;
 * the medians also show how busy the machine was.
 *
 * <p>Arguments: the number of rounds, then any of JMH's, such as {@code -p rows=56 -p copies=12}.
 */
public final class ShareOfPeak {
  private ShareOfPeak() {}

  public static void main(String[] args) throws RunnerException, CommandLineOptionException {
    int rounds = args.length == 0 ? 3 : Integer.parseInt(args[0]);
    String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
    Map<String, List<double[]>> shares = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      OptionsBuilder options = new OptionsBuilder();
      options.parent(new CommandLineOptions(rest));
      options.include("\\.(FmaPeakBenchmark|LinearBenchmark|AttentionBenchmark)\\.");
      round(new Runner(options.build()).run(), shares);
    }
    System.out.println(
        "share of the FMA peak: by least time, by median; median of rounds, then all rounds");
    shares.forEach(
        (name, values) ->
            System.out.printf(
                "%-60s %.3f %.3f  %s%n", name, median(values, 0), median(values, 1), all(values)));
  }

  private static void round(Collection<RunResult> results, Map<String, List<double[]>> shares) {
    double peak = 0;
    for (RunResult result : results) {
      if (result.getParams().getBenchmark().contains("FmaPeakBenchmark")) {
        double flops = new FmaPeakBenchmark().flops();
        peak = flops / result.getPrimaryResult().getStatistics().getPercentile(0);
      }
    }
    for (RunResult result : results) {
      String name = result.getParams().getBenchmark();
      Statistics times = result.getPrimaryResult().getStatistics();
      double flops;
      if (name.contains("Linear")) {
        int rows = Integer.parseInt(result.getParams().getParam("rows"));
        flops = LinearBenchmark.flops(rows, result.getParams().getParam("layer"));
      } else if (name.contains("Attention")) {
        flops = AttentionBenchmark.flops(result.getParams().getParam("batch"));
      } else {
        continue;
      }
      StringBuilder title = new StringBuilder(name.substring(name.lastIndexOf('.') + 1));
      for (String key : result.getParams().getParamsKeys()) {
        title.append(' ').append(result.getParams().getParam(key));
      }
      shares
          .computeIfAbsent(title.toString(), ignored -> new ArrayList<>())
          .add(
              new double[] {
                flops / times.getPercentile(0) / peak, flops / times.getPercentile(50) / peak
              });
    }
  }

  private static double median(List<double[]> values, int index) {
    double[] sorted = values.stream().mapToDouble(value -> value[index]).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static String all(List<double[]> values) {
    StringBuilder text = new StringBuilder();
    for (double[] value : values) {
      text.append("%.3f/%.3f ".formatted(value[0], value[1]));
    }
    return text.toString();
  }
}
