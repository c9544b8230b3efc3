package io.github.visualbert.cli.bench;

import io.github.visualbert.cli.console.ProgressBar;
import io.github.visualbert.detect.DetectorBench;
import io.github.visualbert.internal.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Medians of the stages of a detector, in milliseconds by their names, and its work.
 *
 * @param multiplyAdds multiply-accumulates of the convolutions of a whole run
 */
record DetectorTimes(Map<String, Double> milliseconds, long multiplyAdds) {
  private static final String TOTAL = "total";

  /** Measures whole runs, then each stage, for the given time each. */
  static DetectorTimes measure(DetectorBench stages, double seconds, ProgressBar progress) {
    Map<String, Double> medians = new LinkedHashMap<>();
    Runnable all =
        () -> {
          stages.backbone();
          stages.rpn();
          stages.head();
        };
    medians.put(TOTAL, Stopwatch.measure(all, seconds, progress).median());
    medians.put("backbone", Stopwatch.measure(stages::backbone, seconds, progress).median());
    if (stages.proposes()) {
      medians.put("rpn", Stopwatch.measure(stages::rpn, seconds, progress).median());
    }
    medians.put("head", Stopwatch.measure(stages::head, seconds, progress).median());
    return new DetectorTimes(medians, stages.multiplyAdds());
  }

  /** Returns billions of operations a second, a multiply and an add as two. */
  double gflops() {
    return 2e-6 * multiplyAdds / milliseconds.get(TOTAL);
  }

  void write(JsonWriter json) {
    json.name("milliseconds").beginObject();
    milliseconds.forEach(json::field);
    json.endObject().field("gflops", gflops());
  }

  void addTo(Map<String, String> rows) {
    milliseconds.forEach(
        (name, median) -> rows.put("milliseconds, " + name, "%.3f".formatted(median)));
    rows.put("GFLOP/s", "%.1f".formatted(gflops()));
  }
}
