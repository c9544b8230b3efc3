package io.github.visualbert.spark;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.AnswerNames;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.ask.TaskRunner;
import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the rows of one Spark task by the open model of its JVM. The reply to an invalid row is
 * an error. Not thread-safe.
 */
final class Answering implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.github.visualbert.spark");
  private static final int MAX_LOGGED = 100;
  static final String OUT_OF_MEMORY =
      "needs more memory than there is; give executors more with --executor-memory";

  private final AskSettings settings;
  private final PictureCache pictures;
  private final RequestReader reader;
  private final PictureValues values;
  private final TaskRunner runner;
  private final ReplyRows rows;
  private int logged;

  /**
   * Opens the model, if no task did so before.
   *
   * @throws io.github.visualbert.error.ModelException when it cannot be opened
   */
  Answering(AskSettings settings) {
    VisualBert model = OpenModels.model(settings.model());
    this.settings = settings;
    this.pictures = new PictureCache(model, Path.of(""));
    this.reader = new RequestReader(settings.task(), pictures);
    this.values = new PictureValues(model.config().visualEmbeddingDim());
    this.runner =
        TaskRunner.of(settings.task(), model, settings.topK(), settings.lastHiddenState());
    this.rows = new ReplyRows(settings, AnswerNames.of(settings.task(), model));
  }

  /** Returns how replies become rows. */
  ReplyRows rows() {
    return rows;
  }

  /** Returns what a row asks, or the error that keeps it from being asked. */
  Question question(TaskRow row) {
    JsonValue id = new JsonValue.Text(String.valueOf(row.id()));
    try {
      Request request = reader.request(id, Json.object(row.texts()), () -> values.of(row));
      return new Question(row, request, null);
    } catch (JsonException | InputException e) {
      return new Question(row, null, new Reply.Failed(id, e.getMessage()));
    } catch (OutOfMemoryError _) {
      return new Question(row, null, new Reply.Failed(id, OUT_OF_MEMORY));
    }
  }

  /**
   * A row that was read.
   *
   * @param request null for an invalid row
   * @param failure null for a valid one
   */
  record Question(TaskRow row, Request request, Reply.Failed failure) {
    int sequences() {
      return request == null ? 0 : request.sequences();
    }

    long numbers() {
      return request == null ? 0 : request.numbers();
    }

    /** Returns about how many rows the model computes for it. */
    private int length() {
      int tokens = request.text().length() / 4;
      for (String choice : request.choices()) {
        tokens = Math.max(tokens, (request.text().length() + choice.length()) / 4);
      }
      return tokens + request.pictures().stream().mapToInt(each -> each.regions()).sum();
    }
  }

  /**
   * Answers rows in batches of like length, and returns the replies in the order of the rows.
   *
   * @throws InvalidRowException when a row is invalid, and errors fail
   */
  List<Reply> answer(List<Question> questions) {
    Reply[] replies = new Reply[questions.size()];
    List<Integer> valid = new ArrayList<>();
    for (int i = 0; i < replies.length; i++) {
      replies[i] = questions.get(i).failure();
      if (replies[i] == null) {
        valid.add(i);
      }
    }
    valid.sort(Comparator.comparingInt(i -> questions.get(i).length()));
    for (int from = 0; from < valid.size(); ) {
      int to = from;
      List<Request> batch = new ArrayList<>();
      for (int sequences = 0; to < valid.size(); to++) {
        sequences += questions.get(valid.get(to)).sequences();
        if (sequences > TaskRunner.BATCH_SEQUENCES && !batch.isEmpty()) {
          break;
        }
        batch.add(questions.get(valid.get(to)).request());
      }
      List<Reply> answers = runner.askEach(batch, OUT_OF_MEMORY);
      for (int i = from; i < to; i++) {
        replies[valid.get(i)] = answers.get(i - from);
      }
      from = to;
    }
    for (int i = 0; i < replies.length; i++) {
      report(questions.get(i).row(), replies[i]);
    }
    warn();
    return Arrays.asList(replies);
  }

  /** Answers one row. */
  Reply answer(TaskRow row) {
    return answer(List.of(question(row))).getFirst();
  }

  private void report(TaskRow row, Reply reply) {
    if (!(reply instanceof Reply.Failed failed)) {
      return;
    }
    String line = (row.id() == null ? "a row" : "row " + row.id()) + ": " + failed.error();
    if (settings.errors() == ErrorMode.FAIL) {
      throw new InvalidRowException(line);
    }
    if (logged < MAX_LOGGED) {
      logged++;
      LOG.warn("visualbert: {}", line);
    } else if (logged == MAX_LOGGED) {
      logged++;
      LOG.warn("visualbert: further invalid rows of this task are not logged");
    }
  }

  private void warn() {
    String warning = pictures.takeWarning();
    if (warning != null) {
      LOG.warn("visualbert: {}", warning);
    }
  }

  /** Closes the feature files that are open; the model stays. */
  @Override
  public void close() {
    pictures.close();
  }
}
