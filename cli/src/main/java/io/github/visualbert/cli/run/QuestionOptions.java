package io.github.visualbert.cli.run;

import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.task.PhraseGrounding;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that ask a model on the command line: pictures and texts. */
final class QuestionOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

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

  /** Returns whether any of the options is given. */
  boolean given() {
    return !(images.isEmpty()
        && features.isEmpty()
        && texts.isEmpty()
        && choices.isEmpty()
        && phrases.isEmpty());
  }

  /**
   * Checks that they ask what a task answers.
   *
   * @throws ParameterException when they do not
   */
  void check(TaskName task) {
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
  }

  /** Returns the files that are read. */
  Path[] files() {
    return Stream.concat(images.stream(), features.stream())
        .map(QuestionOptions::path)
        .flatMap(Optional::stream)
        .toArray(Path[]::new);
  }

  private static Optional<Path> path(String file) {
    try {
      return Optional.of(Path.of(file));
    } catch (InvalidPathException e) {
      return Optional.empty(); // which is refused when it is read
    }
  }

  /** Returns about how many sequences a model reads for them. */
  int sequences() {
    int pictures = Math.max(images.size(), features.size());
    return Math.max(texts.size(), pictures) * Math.max(1, choices.size());
  }

  /**
   * Returns what is asked: pictures and texts one to one, or one of either with all of the others.
   *
   * @throws ParameterException when their numbers do not go together
   */
  List<Request> requests(TaskName task, PictureCache pictures) {
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

  /** Returns what stands above the answers: pictures and text. */
  static String heading(Request request) {
    StringBuilder heading = new StringBuilder();
    for (VisualFeatures picture : request.pictures()) {
      heading.append(heading.isEmpty() ? "" : ", ").append(picture.source());
    }
    return heading.append(": ").append(request.text()).toString();
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
