package io.github.visualbert.cli.evaluate;

import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.console.TaskConverter;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.internal.json.JsonWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code visualbert evaluate}: scores a file of predictions. */
@Command(
    name = "evaluate",
    description = "Score predictions by the metric of the task's paper.",
    footer = {
      "",
      "Predictions are lines of 'visualbert run --format json' with the annotations' ids, or the"
          + " file",
      "that the task's own evaluation takes. docs/formats.md describes every file.",
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
      "      --split test.txt --regions flickr30k.tsv"
    })
public final class EvaluateCommand extends ConsoleCommand {
  private static final List<TaskName> TASKS =
      List.of(TaskName.VQA, TaskName.NLVR2, TaskName.VCR, TaskName.FLICKR);

  @Option(
      names = "--task",
      converter = TaskConverter.class,
      required = true,
      paramLabel = "TASK",
      description = "vqa, nlvr2, vcr or flickr.")
  private TaskName task;

  @Option(
      names = "--predictions",
      required = true,
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
      description = "flickr: names of the pictures that count, one a line; all by default.")
  private Path split;

  @Option(
      names = "--result",
      paramLabel = "FILE",
      description = "vqa: write the result.json that the evaluation server takes.")
  private Path result;

  @Option(
      names = "--allow-missing",
      description =
          "Count missing predictions as wrong, and ignore predictions without an annotation.")
  private boolean allowMissing;

  @Mixin private FormatOption format;

  @Override
  public Integer call() {
    check();
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
    if (!TASKS.contains(task)) {
      throw usage("--task is " + task + ", expected vqa, nlvr2, vcr or flickr");
    }
    requireTask(rationales, "--rationales", TaskName.VCR);
    requireTask(regions, "--regions", TaskName.FLICKR);
    requireTask(split, "--split", TaskName.FLICKR);
    requireTask(result, "--result", TaskName.VQA);
    if (annotations == null && result == null) {
      throw usage("expected --annotations" + (task == TaskName.VQA ? " or --result" : ""));
    }
    if (result != null) {
      OutputFile.require(spec(), "--result", result, predictions, annotations);
    }
  }

  private void requireTask(Path option, String name, TaskName itsTask) {
    if (option != null && task != itsTask) {
      throw usage(name + " goes with --task " + itsTask);
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
