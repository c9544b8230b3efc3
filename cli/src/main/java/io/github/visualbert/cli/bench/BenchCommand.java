package io.github.visualbert.cli.bench;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.console.ProgressBar;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.model.ModelLocation;
import io.github.visualbert.detect.DetectorBench;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.forward.Forward;
import io.github.visualbert.forward.ForwardInputs;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.model.MultiplyAdds;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code visualbert bench}: measures how fast a model runs. */
@Command(
    name = "bench",
    description = "Measure how fast a model runs here on random input, or a detector on its own.",
    footer = {
      "",
      "Rates are those of the median batch. The peak is that of a loop of fused multiply-adds on as"
          + " many",
      "threads in the same process.",
      "",
      "Examples:",
      "  visualbert bench --model DIR --batch 8 --text 20 --regions 36 --threads 1",
      "  visualbert bench --detector DIR --threads 1 --format json"
    })
public final class BenchCommand extends ConsoleCommand {
  @Option(names = "--model", paramLabel = "DIR", description = "Model folder.")
  private Path model;

  @Option(
      names = "--detector",
      paramLabel = "DIR",
      description =
          "A detector's folder with case.json (detector, config, weights) and bench.safetensors"
              + " (input, rois; of VCR's tower also segms and classes), to measure it stage by"
              + " stage.")
  private Path detector;

  @Option(names = "--batch", paramLabel = "N", description = "Sequences in a batch; 1 by default.")
  private int batch = 1;

  @Option(names = "--text", paramLabel = "N", description = "Tokens of each text; 20 by default.")
  private int text = 20;

  @Option(
      names = "--regions",
      paramLabel = "N",
      description = "Regions of each picture; 36 by default.")
  private int regions = 36;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long to measure once warm; 5 by default.")
  private double seconds = 5;

  @Mixin private FormatOption format;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    requireAtLeast("--batch", batch, 1);
    requireAtLeast("--text", text, 2); // a question is read at the token before the last
    requireAtLeast("--regions", regions, 0);
    if (!(seconds > 0 && seconds <= 86_400)) {
      throw usage("--seconds is " + seconds + ", expected more than 0 and at most a day");
    }
    if ((model == null) == (detector == null)) {
      throw usage("expected --model or --detector, one of them");
    }
    return detector == null ? benchModel() : benchDetector();
  }

  private int benchDetector() {
    DetectorBenchFolder folder = new DetectorBenchFolder(ModelLocation.require(detector));
    DetectorBenchFolder.Inputs inputs = folder.inputs();
    DetectorKind kind = folder.kind();
    AtomicReference<DetectorTimes> times = new AtomicReference<>();
    try (ProgressBar progress = ProgressBar.on(err())) {
      Consumer<DetectorBench> measuring =
          stages -> times.set(DetectorTimes.measure(stages, seconds, progress));
      if (kind == DetectorKind.VCR) {
        try (VcrTower opened = compute.applyTo(folder.tower()).open()) {
          opened.measure(
              inputs.picture(),
              inputs.height(),
              inputs.width(),
              inputs.boxes(),
              inputs.segms(),
              inputs.classes(),
              measuring);
        }
      } else {
        try (RegionDetector opened = compute.applyTo(folder.detector()).open()) {
          opened.measure(
              inputs.picture(), inputs.height(), inputs.width(), inputs.boxes(), measuring);
        }
      }
    }
    Kernels kernels = KernelSelection.select(compute.provider()).kernels();
    double peak = PeakRate.measure(kernels, compute.threads());
    print(kind.kindName(), inputs, times.get(), kernels.provider(), peak);
    return ExitCode.OK;
  }

  private void print(
      String kind,
      DetectorBenchFolder.Inputs inputs,
      DetectorTimes times,
      String provider,
      double peak) {
    int rois = inputs.boxes().length / 4;
    if (format.isJson()) {
      JsonWriter json = new JsonWriter().beginObject().field("detector", kind);
      json.field("height", inputs.height()).field("width", inputs.width()).field("rois", rois);
      json.field("threads", compute.threads()).field("provider", provider);
      times.write(json);
      out().println(json.field("peak_gflops", peak).endObject());
      return;
    }
    out()
        .println(
            "%s, %d x %d, %d regions, %d thread%s, provider %s"
                .formatted(
                    kind,
                    inputs.height(),
                    inputs.width(),
                    rois,
                    compute.threads(),
                    compute.threads() == 1 ? "" : "s",
                    provider));
    TextTable table = new TextTable("lr");
    times.addTo(table);
    table.row("  peak, measured in this process", "%.1f".formatted(peak)).print(out(), "  ");
  }

  private int benchModel() {
    try (VisualBert opened = compute.applyTo(ModelLocation.builder(model)).open();
        ProgressBar progress = ProgressBar.on(err())) {
      ForwardInputs inputs =
          BenchInputs.of(opened.config(), opened.headType(), batch, text, regions);
      Forward forward = opened.forward();
      Stopwatch times =
          Stopwatch.measure(() -> forward.run(inputs, false, false), seconds, progress);
      long multiplyAdds =
          new MultiplyAdds(
                  opened.config(), opened.headType(), batch, text, regions, BenchInputs.PHRASES)
              .count();
      Kernels kernels = KernelSelection.select(compute.provider()).kernels();
      double peak = PeakRate.measure(kernels, compute.threads());
      print(kernels.provider(), times, 2e-6 * multiplyAdds / times.median(), peak);
    }
    return ExitCode.OK;
  }

  private void print(String provider, Stopwatch times, double gflops, double peak) {
    PrintWriter out = out();
    double perSecond = 1000 * batch / times.median();
    if (format.isJson()) {
      JsonWriter json = new JsonWriter().beginObject();
      json.field("batch", batch).field("text", text).field("regions", regions);
      json.field("threads", compute.threads()).field("provider", provider);
      json.field("sequences_per_second", perSecond);
      json.name("milliseconds_per_batch").beginObject();
      json.field("min", times.min()).field("median", times.median()).field("max", times.max());
      json.endObject().field("gflops", gflops).field("peak_gflops", peak);
      out.println(json.endObject());
      return;
    }
    out.println(
        "%d x (%d + %d), %d thread%s, provider %s, %d batches"
            .formatted(
                batch,
                text,
                regions,
                compute.threads(),
                compute.threads() == 1 ? "" : "s",
                provider,
                times.count()));
    new TextTable("lr")
        .row("sequences per second", "%.1f".formatted(perSecond))
        .row("milliseconds per batch, median", "%.3f".formatted(times.median()))
        .row("  least", "%.3f".formatted(times.min()))
        .row("  most", "%.3f".formatted(times.max()))
        .row("GFLOP/s", "%.1f".formatted(gflops))
        .row("  peak, measured in this process", "%.1f".formatted(peak))
        .print(out, "  ");
  }

  private void requireAtLeast(String option, int value, int least) {
    if (value < least) {
      throw usage(option + " is " + value + ", expected at least " + least);
    }
  }
}
