package io.github.visualbert.cli.inspect;

import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.console.ProgressBar;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.cli.model.ModelLocation;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.LoadAudit;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code visualbert inspect}: what is in a weight file or model folder, and whether it can be used.
 */
@Command(
    name = "inspect",
    description = {
      "List the tensors of a weight file, a model folder or a detector's, and compare them with the"
          + " model.",
      "Exits with 4 for a file that must not be used, and for a folder whose weights do not fit"
          + " its",
      "config.json or are of no model."
    })
public final class InspectCommand extends ConsoleCommand {
  @Parameters(
      index = "0",
      paramLabel = "FILE|DIR",
      description =
          "Weights, the index of shards, or a model: its folder, or its name in the cache of pull.")
  private Path path;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    Path weights = ModelLocation.requireWeights(path);
    Optional<DetectorFolder> detector = DetectorFolder.find(weights);
    if (detector.isPresent()) {
      return inspect(detector.get());
    }
    WeightReport report;
    try (ProgressBar progress = ProgressBar.on(err())) {
      report = WeightReport.of(weights, progress);
    }
    PrintWriter out = out();
    if (format.isJson()) {
      out.println(json(report));
    } else {
      print(report, out);
    }
    if (Files.isDirectory(weights)) {
      report.orThrow();
    }
    return ExitCode.OK;
  }

  private int inspect(DetectorFolder detector) {
    DetectorReport report;
    try (ProgressBar progress = ProgressBar.on(err())) {
      report = DetectorReport.of(detector, progress);
    }
    if (format.isJson()) {
      out().println(report.json());
    } else {
      report.print(out());
    }
    report.orThrow();
    return ExitCode.OK;
  }

  private static void print(WeightReport report, PrintWriter out) {
    report.tensors().print(out);
    TextTable summary = new TextTable("ll").row("file", report.file() + ", " + report.format());
    report.tensors().addTo(summary);
    report.metadata().forEach((key, value) -> summary.row("metadata", key + ": " + value));
    list("not finite", report.tensors().notFinite(), summary);
    if (report.model() == null) {
      summary.row("model", "unknown: " + report.unknown());
    } else {
      describe(report.model(), report.configured(), summary);
      audit(report.audit(), summary);
      report.memory().addTo(summary, "memory");
    }
    if (report.tower() != null) {
      report.tower().addTo(summary);
    } else if (report.towerMisfit() != null) {
      summary.row("tower", report.towerMisfit().getMessage());
    }
    summary.print(out, "");
  }

  private static void describe(Architecture model, boolean configured, TextTable table) {
    VisualBertConfig config = model.config();
    table
        .row("model", model.head().className() + (configured ? "" : ", as names and shapes tell"))
        .row(
            "sizes",
            "%d layers of %d with %d heads, feed-forward %d"
                .formatted(
                    config.numHiddenLayers(),
                    config.hiddenSize(),
                    config.numAttentionHeads(),
                    config.intermediateSize()))
        .row(
            "inputs",
            "%d words, %d positions, regions of %d"
                .formatted(
                    config.vocabSize(),
                    config.maxPositionEmbeddings(),
                    config.visualEmbeddingDim()));
    if (model.classes() > 1) {
      table.row("answers", Integer.toString(model.classes()));
    }
  }

  private static void audit(LoadAudit audit, TextTable table) {
    table.row("read", audit.used().size() + " tensors, " + TensorList.counts(audit.dtypes()));
    audit.tied().forEach((name, by) -> table.row("tied", name + " is " + by));
    list("not read", audit.unused(), table);
    list("ignored", audit.ignored(), table);
    list("missing", audit.missing(), table);
    list("unexpected", audit.unexpected(), table);
    list("misshapen", audit.misshapen(), table);
    list("ambiguous", audit.clashing(), table);
    table.row("fits", audit.isOk() ? "yes" : "no");
  }

  private static void list(String what, List<String> names, TextTable table) {
    String label = what;
    for (String name : names) {
      table.row(label, name);
      label = "";
    }
  }

  private static String json(WeightReport report) {
    JsonWriter json = new JsonWriter().beginObject();
    json.field("file", report.file().toString()).field("format", report.format());
    json.field("bytes", report.tensors().bytes());
    json.field("numbers", report.tensors().numbers());
    json.name("metadata").beginObject();
    report.metadata().forEach(json::field);
    json.endObject();
    report.tensors().write(json);
    if (report.model() != null) {
      write(report.model(), json);
      write(report.audit(), json);
      report.memory().write(json);
    }
    if (report.tower() != null) {
      json.name("tower").beginObject();
      report.tower().write(json);
      json.endObject();
    }
    return json.endObject().toString();
  }

  private static void write(Architecture model, JsonWriter json) {
    json.name("model").beginObject();
    json.field("class", model.head().className());
    model.config().writeSizes(json);
    json.field("num_labels", model.classes());
    json.endObject();
  }

  private static void write(LoadAudit audit, JsonWriter json) {
    json.name("audit").beginObject().field("fits", audit.isOk());
    json.field("read", audit.used().size());
    json.name("tied").beginObject();
    audit.tied().forEach(json::field);
    json.endObject();
    write("not_read", audit.unused(), json);
    write("ignored", audit.ignored(), json);
    write("missing", audit.missing(), json);
    write("unexpected", audit.unexpected(), json);
    write("misshapen", audit.misshapen(), json);
    write("ambiguous", audit.clashing(), json);
    json.endObject();
  }

  private static void write(String name, List<String> values, JsonWriter json) {
    json.name(name).beginArray();
    values.forEach(json::value);
    json.endArray();
  }
}
