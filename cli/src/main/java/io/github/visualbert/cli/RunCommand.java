package io.github.visualbert.cli;

import io.github.visualbert.VisualBert;
import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.task.Preset;
import io.github.visualbert.vision.VisualFeatures;
import io.github.visualbert.weights.HeadType;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code visualbert run}: pictures and texts in, answers out. */
@Command(
    name = "run",
    description = "Answer questions about pictures.",
    footer = {
      "",
      "Texts and pictures are paired one to one; one picture serves all texts, one text all"
          + " pictures.",
      "Choices and phrases go with every text.",
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
      "",
      "A line of --input is an object with id; image, images or features (paths beside the file);"
          + " and question",
      "(vqa), statement (nlvr2), question and choices (vcr), caption and phrases (flickr) or text."
          + " A row at",
      "fault is answered with id and error, told of on standard error, and makes the exit code 3."
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--task",
      converter = TaskName.Converter.class,
      required = true,
      paramLabel = "TASK",
      description = "vqa, nlvr2, vcr, flickr, pretrain or encode.")
  private TaskName task;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model folder; the demo model of the task by default.")
  private Path model;

  @Option(
      names = "--preset",
      paramLabel = "authors|hf",
      description =
          "Feed the model as its authors do or as transformers documents; what the model says by"
              + " default.")
  private String preset;

  @Option(
      names = "--image",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Pictures, PNG or JPEG; two for each text of nlvr2.")
  private List<String> images = List.of();

  @Option(
      names = "--features",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Region features instead of pictures; FILE#NAME is one of many in a file.")
  private List<String> features = List.of();

  @Option(
      names = {"--question", "--text", "--statement"},
      paramLabel = "TEXT",
      description = "What is asked or said about a picture; repeat it for more.")
  private List<String> texts = List.of();

  @Option(
      names = "--choice",
      paramLabel = "TEXT",
      description = "vcr: an answer to choose from; repeat it.")
  private List<String> choices = List.of();

  @Option(
      names = "--phrase",
      paramLabel = "TEXT",
      description = "flickr: words of the text to find in the picture; repeat it.")
  private List<String> phrases = List.of();

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the model's answers: one a line, or JSON.")
  private Path labels;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "How many answers to show; 5 by default.")
  private int topK = 5;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      converter = OutputFormat.Converter.class,
      description = "json: one object a line.")
  private OutputFormat format = OutputFormat.TEXT;

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

  @Mixin private BatchOptions batch;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    check();
    try (VisualBert opened = open()) {
      TaskRunner runner = TaskRunner.of(task, opened, topK, lastHiddenState);
      if (batch.given()) {
        return batch.run(task, opened, runner, lastHiddenState, output);
      }
      Pictures pictures = new Pictures(opened, Path.of(""));
      List<Request> requests = requests(pictures);
      List<Reply> replies = runner.ask(requests);
      ReplyPrinter printer = ReplyPrinter.of(task, opened);
      print(requests, replies, printer, spec.commandLine().getOut());
      note(pictures, replies, printer, spec.commandLine().getErr());
    }
    return ExitCode.OK;
  }

  private void check() {
    batch.check(output);
    if (batch.given()) {
      checkNoTexts();
    } else {
      checkTexts();
    }
    if (topK < 1) {
      throw usage("--top-k is " + topK + ", expected at least 1");
    }
    if (preset != null && !Preset.names().contains(preset)) {
      throw usage("--preset is '" + preset + "', expected " + String.join(" or ", Preset.names()));
    }
    if (task != TaskName.ENCODE && lastHiddenState) {
      throw usage("--last-hidden-state goes with --task encode");
    }
  }

  private void checkNoTexts() {
    if (!(images.isEmpty()
        && features.isEmpty()
        && texts.isEmpty()
        && choices.isEmpty()
        && phrases.isEmpty())) {
      throw usage("expected texts and pictures by options or by --input, not both");
    }
  }

  private void checkTexts() {
    if (images.isEmpty() == features.isEmpty()) {
      throw usage("expected pictures by --image or by --features, one of them");
    }
    if (texts.isEmpty()) {
      throw usage("expected a text by --question, --text or --statement");
    }
    if (choices.isEmpty() == (task == TaskName.VCR)) {
      throw usage(task == TaskName.VCR ? "vcr needs --choice" : "--choice goes with --task vcr");
    }
    if (phrases.isEmpty() == (task == TaskName.FLICKR)) {
      throw usage(
          task == TaskName.FLICKR ? "flickr needs --phrase" : "--phrase goes with --task flickr");
    }
    if (output != null && task != TaskName.ENCODE) {
      throw usage("--output goes with --task encode, or with --input");
    }
    if (output != null) {
      OutputFile.require(spec, "--output", output);
      if (!VectorFile.knows(output)) {
        throw usage("--output " + output + ": expected a name ending in .safetensors or .npy");
      }
    }
  }

  private VisualBert open() {
    Path folder =
        model != null
            ? ModelFolder.require(model)
            : DemoModels.find(task.demoModel())
                .orElseThrow(() -> usage("expected --model: there are no demo models here"));
    VisualBert opened = builder(folder).open();
    HeadType needed = task.head();
    if (needed == null || opened.headType() == needed) {
      return opened;
    }
    opened.close();
    if (opened.config().architectures().isEmpty()) { // it does not say, so it may be the one
      return builder(folder).head(needed).open();
    }
    throw new ModelException(
        Kind.MISMATCH,
        "%s: is a %s, --task %s needs a %s"
            .formatted(folder, opened.headType().className(), task, needed.className()));
  }

  private VisualBertBuilder builder(Path folder) {
    VisualBertBuilder builder = VisualBert.builder(folder);
    if (batch.given()) {
      compute.applyTo(builder);
    } else {
      int pictures = Math.max(images.size(), features.size());
      int sequences = Math.max(texts.size(), pictures) * Math.max(1, choices.size());
      compute.applyTo(builder, folder, sequences);
    }
    if (preset != null) {
      builder.preset(Preset.of(preset));
    }
    return labels == null ? builder : builder.labels(labels);
  }

  private List<Request> requests(Pictures pictures) {
    List<String> files = images.isEmpty() ? features : images;
    int each = task.pictures();
    if (files.size() % each != 0) {
      throw usage(
          "%d pictures are given, --task %s takes %d for each text"
              .formatted(files.size(), task, each));
    }
    int groups = files.size() / each;
    int count = Math.max(groups, texts.size());
    if (groups != count && groups != 1 || texts.size() != count && texts.size() != 1) {
      throw usage(
          "%d pictures and %d texts are given, expected as many, or one of either"
              .formatted(groups, texts.size()));
    }
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<VisualFeatures> seen = new ArrayList<>();
      for (int j = 0; j < each; j++) {
        String file = files.get((groups == 1 ? 0 : i) * each + j);
        seen.add(images.isEmpty() ? pictures.features(file) : pictures.image(file));
      }
      String text = texts.get(texts.size() == 1 ? 0 : i);
      requests.add(
          new Request(
              new JsonValue.Text(Integer.toString(i + 1)),
              text,
              choices,
              PhraseGrounding.find(text, phrases),
              seen));
    }
    return requests;
  }

  private void print(
      List<Request> requests, List<Reply> replies, ReplyPrinter printer, PrintWriter out) {
    if (output != null) {
      VectorFile.write(output, replies.stream().map(Reply.Vectors.class::cast).toList());
      out.println(
          replies.size() + (replies.size() == 1 ? " vector" : " vectors") + " in " + output);
      return;
    }
    for (int i = 0; i < replies.size(); i++) {
      if (format == OutputFormat.JSON) {
        out.println(printer.json(replies.get(i)));
      } else {
        printer.print(heading(requests.get(i)), replies.get(i), out);
      }
    }
  }

  private static String heading(Request request) {
    StringBuilder heading = new StringBuilder();
    for (VisualFeatures picture : request.pictures()) {
      heading.append(heading.isEmpty() ? "" : ", ").append(picture.source());
    }
    return heading.append(": ").append(request.text()).toString();
  }

  /** Says on standard error what a reader of the answers should know. */
  private static void note(
      Pictures pictures, List<Reply> replies, ReplyPrinter printer, PrintWriter err) {
    String warning = pictures.takeWarning();
    if (warning != null) {
      err.println("visualbert run: warning: " + warning);
    }
    for (Reply reply : replies) {
      if (reply.truncated()) {
        err.println(
            "visualbert run: note: text "
                + ((JsonValue.Text) reply.id()).value()
                + " is longer than the model can read; its end was cut off");
      }
    }
    printer.hint().ifPresent(err::println);
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
