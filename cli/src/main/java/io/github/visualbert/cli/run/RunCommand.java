package io.github.visualbert.cli.run;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.AnswerNames;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.PictureReader;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.ReplyWriter;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.ask.TaskRunner;
import io.github.visualbert.cli.batch.arrow.ArrowUnavailableException;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.FormatOption;
import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.cli.console.TaskConverter;
import io.github.visualbert.cli.detector.DetectorPictures;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.model.IgnoredTensors;
import io.github.visualbert.cli.question.DetectorOptions;
import io.github.visualbert.cli.question.ModelOptions;
import io.github.visualbert.cli.question.QuestionOptions;
import io.github.visualbert.cli.question.ReplyTable;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.internal.json.JsonValue;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code visualbert run}: pictures and texts in, answers out. */
@Command(
    name = "run",
    description = "Answer questions about pictures.",
    footer = {
      "",
      "Texts and pictures are paired one to one; one picture serves all texts, one text all"
          + " pictures.",
      "Choices and phrases apply to every text.",
      "",
      "Examples:",
      "  visualbert run --task vqa --image cat.png --question \"What is on the sofa?\"",
      "  visualbert run --task nlvr2 --image left.png right.png --statement \"Both show a dog.\"",
      "  visualbert run --task vcr --image cat.png --question \"Why?\" --choice \"It is tired.\""
          + " --choice \"It plays.\"",
      "  visualbert run --task flickr --image cat.png --text \"a cat on a red sofa\" --phrase cat"
          + " --phrase \"red sofa\"",
      "  visualbert run --task pretrain --image cat.png --text \"a cat on a [MASK].\"",
      "  visualbert run --task encode --features cat.npy --text \"a cat\" --output"
          + " vectors.safetensors",
      "  visualbert run --task vqa --input questions.jsonl --output answers.jsonl --resume",
      "  visualbert run --task vcr --model DIR --input val.jsonl --images vcr1images --output"
          + " answers.jsonl",
      "  visualbert run --task flickr --model DIR --detector DIR --input Flickr30kEntities --images"
          + " flickr30k-images --output regions.jsonl",
      "",
      "A line of --input is an object with id; image, images or features (paths beside the file);"
          + " and question",
      "(vqa), statement (nlvr2), question and choices (vcr), caption and phrases (flickr) or text."
          + " With",
      "--images it is one of VCR's annotations, and its annot_id the id, or --input the folder of"
          + " Flickr30k Entities. A bad row",
      "is reported on standard error, written to the output as {id, error}, and makes the exit code"
          + " 3."
    })
public final class RunCommand extends ConsoleCommand {
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
      names = "--last-hidden-state",
      description = "encode: every row of the last layer, not only the pooled vector.")
  private boolean lastHiddenState;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "With --input: where the answers go, .jsonl or Arrow, or - for standard output; encode:"
              + " the .safetensors or .npy file of the vectors.")
  private Path output;

  @Mixin private FormatOption format;

  @Mixin private ModelOptions model;

  @Mixin private QuestionOptions questions;

  @Mixin private InputOptions input;

  @Mixin private DetectorOptions detector;

  @Mixin private PublishedOptions published;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    check();
    try (VisualBert opened = open();
        VcrTower tower =
            published.givesRegions(task)
                ? detector.tower(model.folder(task), opened.config(), compute)
                : null;
        DetectorPictures eyes =
            published.givesRegions(task)
                ? null
                : detector
                    .pictures(
                        model.folder(task),
                        opened,
                        compute,
                        input.given() ? 0 : questions.files().length)
                    .orElse(null)) {
      IgnoredTensors.warn(this, opened);
      AnswerNames names = AnswerNames.of(task, opened);
      TaskRunner runner = TaskRunner.of(task, opened, topK, lastHiddenState);
      return input.given()
          ? answerFile(opened, tower, eyes, runner, names)
          : answer(opened, eyes, runner, names);
    }
  }

  private int answerFile(
      VisualBert opened,
      VcrTower tower,
      DetectorPictures eyes,
      TaskRunner runner,
      AnswerNames names) {
    FileRun.Model open = new FileRun.Model(task, model.folder(task), opened, tower, eyes, runner);
    FileRun run = new FileRun(open, input, published, topK, lastHiddenState, out(), err());
    try {
      return run.answer(output, verbose(), () -> note(names));
    } catch (ArrowUnavailableException e) {
      throw usage(e.getMessage());
    }
  }

  private void check() {
    input.check(output, published.isFolder(task));
    published.check(task, input.input());
    if (!input.given()) {
      questions.check(task);
      checkVectorFile();
    } else if (questions.given()) {
      throw usage("expected texts and pictures by options or by --input, not both");
    }
    if (topK < 1) {
      throw usage("--top-k is " + topK + ", expected at least 1");
    }
    model.check();
    if (task != TaskName.ENCODE && lastHiddenState) {
      throw usage("--last-hidden-state goes with --task encode");
    }
  }

  private void checkVectorFile() {
    if (output == null) {
      return;
    }
    if (task != TaskName.ENCODE) {
      throw usage("--output goes with --task encode, or with --input");
    }
    OutputFile.require(spec(), "--output", output, questions.files());
    if (!VectorFile.supports(output)) {
      throw usage("--output " + output + ": expected a name ending in .safetensors or .npy");
    }
  }

  private VisualBert open() {
    return model.open(
        task,
        (builder, folder) ->
            input.given()
                ? compute.applyTo(builder)
                : compute.applyTo(builder, folder, questions.sequences()));
  }

  private int answer(VisualBert opened, PictureReader eyes, TaskRunner runner, AnswerNames names) {
    PictureCache pictures = new PictureCache(opened, Path.of(""), eyes);
    List<Request> requests;
    try (pictures) {
      requests = questions.requests(task, pictures);
    }
    List<Reply> replies = runner.ask(requests);
    if (output != null) {
      VectorFile.write(output, replies.stream().map(Reply.Vectors.class::cast).toList());
      out()
          .println(
              replies.size() + (replies.size() == 1 ? " vector" : " vectors") + " in " + output);
    } else {
      print(requests, replies, names);
    }
    String warning = pictures.takeWarning();
    if (warning != null) {
      err().println("visualbert run: warning: " + Printable.of(warning));
    }
    for (Reply reply : replies) {
      if (reply.truncated()) {
        err()
            .println(
                "visualbert run: note: text "
                    + ((JsonValue.Text) reply.id()).value()
                    + " is longer than the model can read; its end was cut off");
      }
    }
    note(names);
    return ExitCode.OK;
  }

  private void print(List<Request> requests, List<Reply> replies, AnswerNames names) {
    ReplyWriter writer = new ReplyWriter(task, names);
    ReplyTable table = new ReplyTable(names);
    for (int i = 0; i < replies.size(); i++) {
      if (format.isJson()) {
        out().println(writer.json(replies.get(i)));
      } else {
        table.print(QuestionOptions.heading(requests.get(i)), replies.get(i), out());
      }
    }
  }

  /** Prints a note on standard error if the answers have no names. */
  private void note(AnswerNames names) {
    if (names.missing()) {
      err()
          .println(
              "visualbert run: note: the model does not name its answers: LABEL_7 stands for number"
                  + " 7 of them; give their names with --labels");
    }
  }
}
