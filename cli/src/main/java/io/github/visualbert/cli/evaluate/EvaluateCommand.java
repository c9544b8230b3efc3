package io.github.visualbert.cli.evaluate;

import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.evaluate.grounding.GroundingJson;
import io.github.visualbert.cli.evaluate.grounding.GroundingPlot;
import io.github.visualbert.cli.evaluate.grounding.GroundingScores;
import io.github.visualbert.cli.evaluate.grounding.GroundingTable;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.question.DetectorOptions;
import io.github.visualbert.cli.question.ModelOptions;
import io.github.visualbert.internal.json.JsonWriter;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** {@code visualbert evaluate}: scores a file of predictions, or attention heads. */
@Command(
    name = "evaluate",
    description = "Score predictions, or attention heads, by the metric of the task's paper.",
    footer = {
      "",
      "Predictions are lines of 'visualbert run --format json' with the annotations' ids, or the"
          + " file",
      "that the task's own evaluation takes. grounding takes none: it runs a model and measures"
          + " which of its",
      "attention heads point from words to the right regions. docs/formats.md describes every"
          + " file.",
      "",
      "Examples:",
      "  visualbert evaluate --task vqa --predictions answers.jsonl \\",
      "      --annotations v2_mscoco_val2014_annotations.json",
      "  visualbert evaluate --task vqa --predictions answers.jsonl --result result.json",
      "  visualbert evaluate --task nlvr2 --predictions answers.jsonl --annotations dev.json",
      "  visualbert evaluate --task vcr --predictions answers.jsonl --rationales rationales.jsonl"
          + " \\",
      "      --annotations val.jsonl",
      "  visualbert evaluate --task flickr --predictions regions.jsonl --annotations"
          + " Flickr30kEntities \\",
      "      --split test.txt --regions flickr30k.tsv",
      "  visualbert evaluate --task grounding --annotations Flickr30kEntities --split val.txt \\",
      "      --images flickr30k-images --model MODEL --detector DETECTOR --plot heads.svg"
    })
public final class EvaluateCommand extends ConsoleCommand {
  /** Those of {@link ScoredTask#GROUNDING} alone. */
  private static final Set<String> GROUNDING_OPTIONS =
      Set.of(
          "--images",
          "--features",
          "--dependencies",
          "--plot",
          "--model",
          "--preset",
          "--labels",
          "--detector",
          "--feature-cache",
          "--provider",
          "--threads");

  @Option(
      names = "--task",
      converter = ScoredTask.Converter.class,
      required = true,
      paramLabel = "TASK",
      description = "vqa, nlvr2, vcr, flickr or grounding.")
  private ScoredTask task;

  @Option(
      names = "--predictions",
      paramLabel = "FILE",
      description = "The model's predictions; - is standard input.")
  private Path predictions;

  @Option(
      names = "--annotations",
      paramLabel = "FILE|DIR",
      description = "The annotations as the data set's authors publish them.")
  private Path annotations;

  @Option(
      names = "--rationales",
      paramLabel = "FILE",
      description = "vcr: predictions of the rationales, given the right answers.")
  private Path rationales;

  @Option(
      names = "--regions",
      paramLabel = "FILE",
      description =
          "flickr: boxes of the regions: JSON, or the feature file the model read; those in the"
              + " predictions by default.")
  private Path regions;

  @Option(
      names = "--split",
      paramLabel = "FILE",
      description =
          "flickr, grounding: names of the pictures that count, one a line; all by default.")
  private Path split;

  @Option(
      names = "--result",
      paramLabel = "FILE",
      description = "vqa: write the result.json that the evaluation server takes.")
  private Path result;

  @Option(
      names = "--allow-missing",
      description =
          "Count missing predictions as wrong, and ignore predictions without an annotation;"
              + " grounding: leave out missing pictures.")
  private boolean allowMissing;

  @Mixin private GroundingOptions grounding;

  @Mixin private ModelOptions model;

  @Mixin private DetectorOptions detector;

  @Mixin private ComputeOptions compute;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    check();
    if (task == ScoredTask.GROUNDING) {
      evaluateGrounding();
      return ExitCode.OK;
    }
    ScorePrinter printer = new ScorePrinter(task, format.isJson(), out());
    switch (task) {
      case VQA -> evaluateVqa(printer);
      case NLVR2 -> printer.print(Nlvr2Accuracy.evaluate(predictions, annotations, allowMissing));
      case VCR ->
          printer.print(VcrAccuracy.evaluate(predictions, rationales, annotations, allowMissing));
      default ->
          printer.print(
              FlickrRecall.evaluate(predictions, annotations, regions, split, allowMissing));
    }
    return ExitCode.OK;
  }

  private void check() {
    requireTask(rationales, "--rationales", ScoredTask.VCR);
    requireTask(regions, "--regions", ScoredTask.FLICKR);
    requireTask(result, "--result", ScoredTask.VQA);
    if (annotations == null && result == null) {
      throw usage("expected --annotations" + (task == ScoredTask.VQA ? " or --result" : ""));
    }
    if (task == ScoredTask.GROUNDING) {
      checkGrounding();
      return;
    }
    requireTask(split, "--split", ScoredTask.FLICKR);
    for (OptionSpec option : spec().commandLine().getParseResult().matchedOptions()) {
      if (GROUNDING_OPTIONS.contains(option.longestName())) {
        throw usage(option.longestName() + " goes with --task grounding");
      }
    }
    if (predictions == null) {
      throw usage(task + " needs --predictions");
    }
    if (result != null) {
      OutputFile.require(spec(), "--result", result, predictions, annotations);
    }
  }

  private void checkGrounding() {
    if (predictions != null) {
      throw usage("--predictions goes with other tasks: grounding runs the model itself");
    }
    grounding.check(this, annotations, split);
    model.check();
  }

  private void requireTask(Path option, String name, ScoredTask itsTask) {
    if (option != null && task != itsTask) {
      throw usage(name + " goes with --task " + itsTask);
    }
  }

  private void evaluateGrounding() {
    GroundingScores scores =
        new GroundingEvaluation(
                this, grounding, model, detector, compute, annotations, split, allowMissing)
            .measure();
    if (grounding.plot() != null) {
      OutputFile.write(grounding.plot(), out -> out.write(GroundingPlot.svg(scores)));
    }
    if (format.isJson()) {
      out().println(GroundingJson.of(scores));
    } else {
      GroundingTable.print(scores, out());
    }
  }

  private void evaluateVqa(ScorePrinter printer) {
    VqaPredictions answers = VqaPredictions.read(predictions);
    Scores scores =
        annotations == null ? null : VqaAccuracy.evaluate(answers, annotations, allowMissing);
    if (result != null) {
      if (!allowMissing) {
        answers.requireComplete();
      }
      OutputFile.write(result, answers::writeResult);
    }
    if (scores != null) {
      printer.print(scores);
    } else if (!format.isJson()) {
      out().println(answers.size() + " answers in " + result);
    } else {
      JsonWriter json = new JsonWriter().beginObject().field("task", task.toString());
      json.field("answers", answers.size()).field("result", result.toString());
      out().println(json.endObject());
    }
  }
}
