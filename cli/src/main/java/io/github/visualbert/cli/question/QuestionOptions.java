package io.github.visualbert.cli.question;

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

/** The options that give pictures and texts on the command line. */
public final class QuestionOptions {
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
      description = "Region features instead of pictures; FILE#NAME picks one picture of a file.")
  private List<String> features = List.of();

  @Option(
      names = {"--question", "--text", "--statement"},
      paramLabel = "TEXT",
      description = "Question, caption or statement about a picture; may be repeated.")
  private List<String> texts = List.of();

  @Option(
      names = "--choice",
      paramLabel = "TEXT",
      description = "vcr: an answer to choose from; repeat it for each.")
  private List<String> choices = List.of();

  @Option(
      names = "--phrase",
      paramLabel = "TEXT",
      description = "flickr: a phrase of the text to find in the picture; repeat it for each.")
  private List<String> phrases = List.of();

  /** Returns whether any of the options is given. */
  public boolean given() {
    return !(images.isEmpty()
        && features.isEmpty()
        && texts.isEmpty()
        && choices.isEmpty()
        && phrases.isEmpty());
  }

  /**
   * Checks that the options fit a task.
   *
   * @throws ParameterException when they do not
   */
  public void check(TaskName task) {
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

  /** Returns the picture files. */
  public List<Path> images() {
    return images.stream().map(QuestionOptions::path).flatMap(Optional::stream).toList();
  }

  /** Returns the picture and feature files. */
  public Path[] files() {
    return Stream.concat(images.stream(), features.stream())
        .map(QuestionOptions::path)
        .flatMap(Optional::stream)
        .toArray(Path[]::new);
  }

  private static Optional<Path> path(String file) {
    try {
      return Optional.of(Path.of(file));
    } catch (InvalidPathException e) {
      return Optional.empty(); // reading it reports the error
    }
  }

  /** Returns the approximate number of sequences in the requests. */
  public int sequences() {
    int pictures = Math.max(images.size(), features.size());
    return Math.max(texts.size(), pictures) * Math.max(1, choices.size());
  }

  /**
   * Returns the requests. Pictures and texts are paired one to one; one of either goes with all of
   * the other.
   *
   * @throws ParameterException when their numbers do not match
   */
  public List<Request> requests(TaskName task, PictureCache pictures) {
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
          "%d pictures and %d texts are given, expected equal numbers, or one of either"
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

  /** Returns the heading of the answers to a request: its pictures and text. */
  public static String heading(Request request) {
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
