package io.github.visualbert.cli.bench;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.console.ProgressBar;
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
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      "threads in the same process. Several numbers of threads are measured in turn.",
      "",
      "Examples:",
      "  visualbert bench --model DIR --batch 8 --text 20 --regions 36 --threads 1",
      "  visualbert bench --model DIR --threads 1,2,4",
      "  visualbert bench --detector DIR --image-size 800x1067 --threads 1 --format json"
    })
public final class BenchCommand extends ConsoleCommand {
  private static final int DEFAULT_REGIONS = 36;

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

  @Option(
      names = "--image-size",
      paramLabel = "HxW",
      converter = ImageSize.Converter.class,
      description =
          "Measure a detector on a random picture of this size, as its network sees it, and random"
              + " regions; then it needs no case.json.")
  private ImageSize imageSize;

  @Option(names = "--batch", paramLabel = "N", description = "Sequences in a batch; 1 by default.")
  private int batch = 1;

  @Option(names = "--text", paramLabel = "N", description = "Tokens of each text; 20 by default.")
  private int text = 20;

  @Option(
      names = "--regions",
      paramLabel = "N",
      description =
          "Regions of each picture; 36 by default. With --image-size: regions that the detector's"
              + " head looks at; as many as it proposes by default.")
  private Integer regions;

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
    if (regions != null) {
      requireAtLeast("--regions", regions, imageSize == null ? 0 : 1);
    }
    if (!(seconds > 0 && seconds <= 86_400)) {
      throw usage("--seconds is " + seconds + ", expected more than 0 and at most a day");
    }
    if ((model == null) == (detector == null)) {
      throw usage("expected --model or --detector, one of them");
    }
    if (imageSize != null && detector == null) {
      throw usage("--image-size is of a picture that --detector sees");
    }
    if (regions != null && detector != null && imageSize == null) {
      throw usage("--regions goes with --model, or with --image-size");
    }
    List<Integer> counts = compute.threadCounts();
    BenchTable table = new BenchTable(out(), counts.size() > 1 && !format.isJson());
    for (int count : counts) {
      if (detector == null) {
        benchModel(compute.with(count), table);
      } else {
        benchDetector(compute.with(count), table);
      }
    }
    table.print();
    return ExitCode.OK;
  }

  private void benchDetector(ComputeOptions compute, BenchTable table) {
    DetectorBenchFolder folder = new DetectorBenchFolder(ModelLocation.require(detector));
    DetectorKind stated = folder.kind();
    AtomicReference<DetectorTimes> times = new AtomicReference<>();
    DetectorKind kind;
    DetectorBenchFolder.Inputs inputs;
    try (ProgressBar progress = ProgressBar.on(err())) {
      Consumer<DetectorBench> measuring =
          stages -> times.set(DetectorTimes.measure(stages, seconds, progress));
      if (stated == DetectorKind.VCR) {
        kind = stated;
        inputs = inputs(folder, kind);
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
          kind = opened.kind();
          inputs = inputs(folder, kind);
          opened.measure(
              inputs.picture(), inputs.height(), inputs.width(), inputs.boxes(), measuring);
        }
      }
    }
    Kernels kernels = KernelSelection.select(compute.provider()).kernels();
    double peak = PeakRate.measure(kernels, compute.threads());
    print(kind.kindName(), inputs, times.get(), kernels.provider(), compute.threads(), peak, table);
  }

  private DetectorBenchFolder.Inputs inputs(DetectorBenchFolder folder, DetectorKind kind) {
    return imageSize == null
        ? folder.inputs()
        : DetectorBenchFolder.random(kind, imageSize, regions);
  }

  private void print(
      String kind,
      DetectorBenchFolder.Inputs inputs,
      DetectorTimes times,
      String provider,
      int threads,
      double peak,
      BenchTable table) {
    int rois = inputs.boxes().length / 4;
    if (format.isJson()) {
      JsonWriter json = new JsonWriter().beginObject().field("detector", kind);
      json.field("height", inputs.height()).field("width", inputs.width()).field("rois", rois);
      json.field("threads", threads).field("provider", provider);
      times.write(json);
      out().println(json.field("peak_gflops", peak).endObject());
      return;
    }
    String shape = "%s, %d x %d, %d regions".formatted(kind, inputs.height(), inputs.width(), rois);
    Map<String, String> rows = new LinkedHashMap<>();
    times.addTo(rows);
    table.add(shape, threads, "provider " + provider, rows, peak);
  }

  private void benchModel(ComputeOptions compute, BenchTable table) {
    int regions = this.regions == null ? DEFAULT_REGIONS : this.regions;
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
      double gflops = 2e-6 * multiplyAdds / times.median();
      print(kernels.provider(), times, compute.threads(), regions, gflops, peak, table);
    }
  }

  private void print(
      String provider,
      Stopwatch times,
      int threads,
      int regions,
      double gflops,
      double peak,
      BenchTable table) {
    double perSecond = 1000 * batch / times.median();
    if (format.isJson()) {
      JsonWriter json = new JsonWriter().beginObject();
      json.field("batch", batch).field("text", text).field("regions", regions);
      json.field("threads", threads).field("provider", provider);
      json.field("sequences_per_second", perSecond);
      json.name("milliseconds_per_batch").beginObject();
      json.field("min", times.min()).field("median", times.median()).field("max", times.max());
      json.endObject().field("gflops", gflops).field("peak_gflops", peak);
      out().println(json.endObject());
      return;
    }
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("sequences per second", "%.1f".formatted(perSecond));
    rows.put("milliseconds per batch, median", "%.3f".formatted(times.median()));
    rows.put("  least", "%.3f".formatted(times.min()));
    rows.put("  most", "%.3f".formatted(times.max()));
    rows.put("GFLOP/s", "%.1f".formatted(gflops));
    String how = "provider %s, %d batches".formatted(provider, times.count());
    table.add("%d x (%d + %d)".formatted(batch, text, regions), threads, how, rows, peak);
  }

  private void requireAtLeast(String option, int value, int least) {
    if (value < least) {
      throw usage(option + " is " + value + ", expected at least " + least);
    }
  }
}
