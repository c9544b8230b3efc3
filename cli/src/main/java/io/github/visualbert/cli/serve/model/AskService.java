package io.github.visualbert.cli.serve.model;

import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.ask.RowPicture;
import io.github.visualbert.ask.RowPictures;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.explanation.Explanation;
import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.VisualFeatures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Answers questions about pictures, for every door: sees the pictures, waits for a pass, and
 * returns what the model says. Thread-safe.
 */
public final class AskService {
  /** The longest text in characters. */
  public static final int MAX_TEXT = 10_000;

  private static final int MAX_CHOICES = 16;
  private static final int MAX_PHRASES = 100;

  private final ServedModels models;
  private final ServedDetectors detectors;
  private final Pictures pictures;
  private final RequestQueue queue;
  private final BiConsumer<String, String> warnings;
  private final Explanations explanations = new Explanations();

  /**
   * Puts a service together.
   *
   * @param warnings receives what operators should know of how a model is used: its name, and a
   *     line
   */
  public AskService(
      ServedModels models,
      ServedDetectors detectors,
      Pictures pictures,
      RequestQueue queue,
      BiConsumer<String, String> warnings) {
    this.models = models;
    this.detectors = detectors;
    this.pictures = pictures;
    this.queue = queue;
    this.warnings = warnings;
  }

  public ServedModels models() {
    return models;
  }

  public ServedDetectors detectors() {
    return detectors;
  }

  public Pictures pictures() {
    return pictures;
  }

  public RequestQueue queue() {
    return queue;
  }

  /**
   * Lets a request in that will ask something.
   *
   * @throws Problem when too many wait
   */
  public Ticket admit(Exchange exchange) {
    return queue.admit(exchange);
  }

  /**
   * A question.
   *
   * @param row the fields of the task's texts, as in a row of {@code run --input}
   * @param id given back with the reply
   * @param pictures as many as the task takes
   * @param features regions instead of pictures; null where pictures were sent
   * @param topK maximum answers of each ranking
   */
  public record Question(
      TaskName task,
      JsonObject row,
      JsonValue id,
      List<SentPicture> pictures,
      VisualFeatures features,
      int topK) {}

  /**
   * An answer.
   *
   * @param request as the model read it
   * @param rows that the model computed: tokens and regions
   * @param pictures as they were seen; empty where features were sent
   */
  public record Answer(Request request, Reply reply, int rows, List<SeenPicture> pictures) {}

  /**
   * Answers a question.
   *
   * @throws Problem when it is invalid, or has waited too long
   */
  public Answer answer(ServedModel model, Question question, Ticket ticket) {
    model.require(question.task());
    ticket.exchange().setModel(model.name());
    checkTexts(question);
    int given = question.features() == null ? question.pictures().size() : 1;
    if (given != question.task().pictures()) {
      throw Problem.ofField(
          given == 0 ? Code.PICTURE_MISSING : Code.FIELD_WRONG,
          "/image",
          "%d pictures were sent, %s takes %d"
              .formatted(given, question.task(), question.task().pictures()));
    }
    try {
      List<SeenPicture> seen = new ArrayList<>();
      List<RowPicture> regions = new ArrayList<>();
      if (question.features() != null) {
        VisualFeatures read =
            model.features(question.features(), line -> warnings.accept(model.name(), line));
        regions.add(new RowPicture.Taken(read));
      }
      for (SentPicture picture : question.pictures()) {
        SeenPicture each = model.see(picture, pictures, ticket);
        seen.add(each);
        regions.add(new RowPicture.Taken(model.features(each)));
      }
      Request request = request(model, question, regions);
      int rows = model.rows(question.task(), request);
      Reply reply = model.ask(question.task(), request, rows, question.topK(), false, ticket);
      return new Answer(request, reply, rows, seen);
    } catch (InputException e) {
      throw Problem.of(Code.FIELD_WRONG, e.getMessage());
    }
  }

  /**
   * Returns what a detector finds in a picture; without regions and features where it finds
   * nothing.
   *
   * @throws Problem when the picture is invalid, or the request has waited too long
   */
  public Detection detect(ServedDetector detector, SentPicture picture, Ticket ticket) {
    ticket.exchange().setModel(detector.name());
    try {
      return detector.see(picture, pictures, ticket).detection();
    } catch (InputException e) {
      if (e.kind() != Kind.EMPTY) {
        throw Problem.of(Code.PICTURE_UNREADABLE, e.getMessage());
      }
      Picture seen = detector.detector().kind().orient(pictures.decoded(picture));
      return new Detection(picture.place(), seen.width(), seen.height(), List.of(), null, 0);
    }
  }

  /**
   * Returns what a model sees in a picture.
   *
   * @throws Problem when the picture is invalid, or the request has waited too long
   */
  public SeenPicture see(ServedModel model, SentPicture picture, Ticket ticket) {
    ticket.exchange().setModel(model.name());
    try {
      return model.see(picture, pictures, ticket);
    } catch (InputException e) {
      throw Problem.of(Code.PICTURE_UNREADABLE, e.getMessage());
    }
  }

  /**
   * Explains an answer; see {@link Explanations#explain}.
   *
   * @param writer is shown the explanation, and keeps nothing of it
   * @throws Problem when that is not possible, or the request has waited too long
   */
  public void explain(
      ServedModel model,
      TaskName task,
      Answer answer,
      Ticket ticket,
      Consumer<Explanation> writer) {
    explanations.explain(model, task, answer, ticket, writer);
  }

  private static Request request(ServedModel model, Question question, List<RowPicture> regions) {
    try (PictureCache fitting = new PictureCache(model.model(), Path.of(""))) {
      return new RequestReader(question.task(), fitting)
          .request(question.id(), question.row(), () -> new RowPictures("image", regions));
    } catch (JsonException e) {
      throw Problem.of(Code.FIELD_WRONG, e.getMessage());
    }
  }

  private static void checkTexts(Question question) {
    JsonObject row = question.row();
    for (String field : question.task().columns()) {
      if (!row.has(field)) {
        throw Problem.ofField(
            field.equals("question") ? Code.QUESTION_MISSING : Code.FIELD_MISSING,
            "/" + field,
            "%s: expected, as %s needs it".formatted(field, question.task()));
      }
      switch (row.get(field)) {
        case JsonValue.Text(String text) ->
            requireShort(field, text.length(), MAX_TEXT, "characters");
        case JsonArray array -> {
          requireShort(
              field, array.size(), field.equals("choices") ? MAX_CHOICES : MAX_PHRASES, "elements");
          for (JsonValue element : array) {
            if (element instanceof JsonValue.Text(String text)) {
              requireShort(field, text.length(), MAX_TEXT, "characters");
            }
          }
        }
        default -> {} // refused by the reader
      }
    }
  }

  private static void requireShort(String field, int found, int most, String what) {
    if (found > most) {
      throw Problem.ofField(
          Code.VALUE_OUT_OF_RANGE,
          "/" + field,
          "%s has %d %s, the limit is %d".formatted(field, found, what, most));
    }
  }
}
