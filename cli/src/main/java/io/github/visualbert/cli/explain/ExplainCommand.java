package io.github.visualbert.cli.explain;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.AnswerNames;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.ask.TaskRunner;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.cli.console.TaskConverter;
import io.github.visualbert.cli.detector.DetectorPictures;
import io.github.visualbert.cli.explanation.Explainer;
import io.github.visualbert.cli.explanation.Explanation;
import io.github.visualbert.cli.explanation.ExplanationJson;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.model.IgnoredTensors;
import io.github.visualbert.cli.question.DetectorOptions;
import io.github.visualbert.cli.question.ModelOptions;
import io.github.visualbert.cli.question.QuestionOptions;
import io.github.visualbert.cli.question.ReplyTable;
import io.github.visualbert.task.AttentionGrounding;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.HeadSelection;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code visualbert explain}: a picture and a text in, what the model looked at out. */
@Command(
    name = "explain",
    description = "Show what the model looks at when it answers.",
    footer = {
      "",
      "Layers, heads and regions are counted from 0. Attention to a word of several pieces is the"
          + " sum over them,",
      "attention from it their average. vcr shows the choice that the model prefers.",
      "",
      "Examples:",
      "  visualbert explain --task vqa --image cat.png --question \"What is on the sofa?\" --output"
          + " page.html",
      "  visualbert explain --task vqa --image cat.png --question \"What is on the sofa?\" --word"
          + " sofa --layer 3 --head 1 --draw sofa.svg",
      "  visualbert explain --task nlvr2 --image left.png right.png --statement \"Both show a"
          + " dog.\" --format json",
      "  visualbert explain --task flickr --features cat.npz --text \"a red sofa\" --phrase sofa"
          + " --output maps.safetensors"
    })
public final class ExplainCommand extends ConsoleCommand {
  private static final String HTML = ".html";
  private static final String SVG = ".svg";

  @Option(
      names = "--task",
      converter = TaskConverter.class,
      required = true,
      paramLabel = "TASK",
      description = "vqa, nlvr2, vcr, flickr, pretrain or encode.")
  private TaskName task;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "How many answers to show; 5 by default.")
  private int topK = 5;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "A page, .html; or the maps of the selected heads as the model computes them, .npz or"
              + " .safetensors.")
  private Path output;

  @Option(
      names = "--draw",
      paramLabel = "FILE",
      description =
          "Draw --word under --layer and --head, or without both in the rollout, as .svg.")
  private Path drawing;

  @Option(
      names = "--word",
      paramLabel = "TEXT",
      description = "A word of the text, or several that follow each other; a page begins with it.")
  private String word;

  @Option(
      names = "--picture",
      arity = "1..*",
      paramLabel = "FILE",
      description = "The picture of --features, to show; nlvr2: the two.")
  private List<Path> shown = List.of();

  @Mixin private HeadOptions heads;

  @Mixin private FormatOption format;

  @Mixin private ModelOptions model;

  @Mixin private QuestionOptions questions;

  @Mixin private DetectorOptions detector;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    check();
    try (VisualBert opened =
            model.open(
                task,
                (builder, folder) -> compute.applyTo(builder, folder, questions.sequences()));
        DetectorPictures eyes =
            detector
                .pictures(model.folder(task), opened, compute, questions.files().length)
                .orElse(null)) {
      IgnoredTensors.warn(this, opened);
      return explain(opened, eyes);
    }
  }

  private void check() {
    questions.check(task);
    model.check();
    heads.check();
    if (topK < 1) {
      throw usage("--top-k is " + topK + ", expected at least 1");
    }
    Path[] inputs = questions.files();
    if (output != null) {
      OutputFile.require(spec(), "--output", output, inputs);
      if (!isPage() && !MapFile.supports(output)) {
        throw usage(
            "--output " + output + ": expected a name ending in .html, .npz or .safetensors");
      }
    }
    if (drawing != null) {
      OutputFile.require(spec(), "--draw", drawing, inputs);
      if (!drawing.toString().endsWith(SVG)) {
        throw usage("--draw " + drawing + ": expected a name ending in .svg");
      }
      if (word == null) {
        throw usage("--draw needs --word");
      }
    }
    if (!shown.isEmpty() && !questions.images().isEmpty()) {
      throw usage("--picture goes with --features; --image is shown anyway");
    }
    if (!shown.isEmpty() && shown.size() != task.pictures()) {
      throw usage(
          "%d pictures by --picture, --task %s takes %d"
              .formatted(shown.size(), task, task.pictures()));
    }
  }

  private boolean isPage() {
    return output != null && output.toString().endsWith(HTML);
  }

  private int explain(VisualBert opened, DetectorPictures eyes) {
    AttentionGrounding task = opened.attentionGrounding();
    heads.check(task);
    SeenPictures seen = new SeenPictures(eyes);
    PictureCache cache = new PictureCache(opened, Path.of(""), eyes == null ? null : seen);
    Request request = request(cache);
    AnswerNames names = AnswerNames.of(this.task, opened);
    Reply reply =
        this.task == TaskName.ENCODE
            ? null
            : TaskRunner.of(this.task, opened, topK, false).ask(List.of(request)).getFirst();
    List<Path> files = questions.images().isEmpty() ? shown : questions.images();
    HeadSelection selection = isPage() ? HeadSelection.all() : heads.selection();
    Explanation explanation =
        new Explainer(this.task, task, selection, word)
            .explain(request, reply, seen.shown(request.pictures(), files));
    if (output != null && isPage()) {
      GroundingPage.write(output, explanation, explanation.mostOnRegions(heads.selection()));
    } else if (output != null) {
      MapFile.write(output, explanation.maps());
    }
    if (drawing != null) {
      String svg = GroundingSvg.text(explanation, looked(explanation), explanation.focus());
      OutputFile.write(drawing, out -> out.write(svg));
    }
    print(explanation, request, reply, names);
    note(explanation, cache);
    return ExitCode.OK;
  }

  private Request request(PictureCache cache) {
    try (cache) {
      List<Request> requests = questions.requests(task, cache);
      if (requests.size() != 1) {
        throw usage(
            "%d texts and pictures are given, explain takes one text and its picture"
                .formatted(requests.size()));
      }
      return requests.getFirst();
    }
  }

  /**
   * Returns the selected head; the rollout where one is not selected, up to the layer or the last.
   */
  private AttentionMap looked(Explanation explanation) {
    HeadSelection selected = heads.selection();
    return heads.isOne()
        ? explanation.maps().map(selected.layer(), selected.head())
        : selected.layer() == HeadSelection.EVERY
            ? explanation.maps().rollout().getLast()
            : explanation.maps().rollout().get(selected.layer());
  }

  private void print(Explanation explanation, Request request, Reply reply, AnswerNames names) {
    if (format.isJson()) {
      out().println(ExplanationJson.of(explanation, heads.isOne()));
      return;
    }
    String heading = QuestionOptions.heading(request);
    if (reply == null) {
      out().println(Printable.of(heading));
    } else {
      new ReplyTable(names).print(heading, reply, out());
    }
    ExplanationTable.print(explanation, looked(explanation), out());
    if (output != null) {
      out().println((isPage() ? "page in " : "maps in ") + output);
    }
    if (drawing != null) {
      out().println("drawing in " + drawing);
    }
  }

  private void note(Explanation explanation, PictureCache cache) {
    String warning = cache.takeWarning();
    if (warning != null) {
      err().println("visualbert explain: warning: " + Printable.of(warning));
    }
    if (explanation.rows().truncated()) {
      err()
          .println(
              "visualbert explain: note: the text is longer than the model can read; its end was"
                  + " cut off");
    }
  }
}
