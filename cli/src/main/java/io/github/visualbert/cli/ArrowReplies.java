package io.github.visualbert.cli;

import io.github.visualbert.cli.ArrowSchema.Column;
import io.github.visualbert.cli.ArrowSchema.Kind;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Replies as the columns of Arrow record batches. Not thread-safe. */
final class ArrowReplies {
  private final TaskName task;
  private final boolean integerIds;
  private final boolean allStates;
  private final int hidden;
  private final Map<String, Integer> labels = new LinkedHashMap<>();

  /**
   * Makes the columns of a task.
   *
   * @param integerIds whether ids are integers; texts otherwise
   * @param allStates whether {@code encode} gives every row of the last layer
   * @param hidden the length of a vector
   */
  ArrowReplies(TaskName task, boolean integerIds, boolean allStates, int hidden) {
    this.task = task;
    this.integerIds = integerIds;
    this.allStates = allStates;
    this.hidden = hidden;
  }

  ArrowSchema schema() {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.of("id", integerIds ? Kind.INT64 : Kind.TEXT, false));
    columns.add(Column.of("error", Kind.TEXT, true));
    columns.add(Column.of("truncated", Kind.BOOL, false));
    if (task == TaskName.ENCODE) {
      columns.add(Column.vector("pooler_output", true, hidden));
      if (allStates) {
        Column state = Column.vector("item", false, hidden);
        columns.add(Column.list("last_hidden_state", true, state));
      }
      return new ArrowSchema(columns);
    }
    List<Column> answer = new ArrayList<>();
    if (task == TaskName.FLICKR) {
      answer.add(Column.of("phrase", Kind.TEXT, false));
      answer.add(Column.of("region", Kind.INT32, false));
    } else if (task == TaskName.PRETRAIN) {
      answer.add(Column.of("mask", Kind.INT32, true));
    }
    answer.add(Column.of("label", Kind.LABEL, false));
    answer.add(Column.of("index", Kind.INT32, false));
    answer.add(Column.of("score", Kind.FLOAT64, false));
    columns.add(Column.list("answers", true, new Column("item", Kind.STRUCT, false, 0, answer)));
    if (task == TaskName.PRETRAIN) {
      columns.add(Column.of("match", Kind.FLOAT64, true));
    }
    return new ArrowSchema(columns);
  }

  /** Returns replies as a record batch, in the order of the schema. */
  ArrowMessages.Body batch(List<Reply> replies) {
    ArrowMessages.Body body = new ArrowMessages.Body();
    addIds(replies, body);
    addTexts(
        replies.stream().map(r -> r instanceof Reply.Failed f ? f.error() : null).toList(), body);
    ArrowBytes truncated = new ArrowBytes();
    replies.forEach(reply -> truncated.addBit(reply.truncated()));
    body.node(replies.size(), 0).noNulls().buffer(truncated.bytes());
    if (task == TaskName.ENCODE) {
      addVectors(replies, body);
    } else {
      addAnswers(replies, body);
    }
    return body;
  }

  private void addIds(List<Reply> replies, ArrowMessages.Body body) {
    if (!integerIds) {
      addTexts(replies.stream().map(reply -> text(reply.id())).toList(), body);
      return;
    }
    ArrowBytes ids = new ArrowBytes();
    for (Reply reply : replies) {
      ids.addLong(
          reply.id() instanceof JsonValue.Int(long id) ? id : Long.parseLong(text(reply.id())));
    }
    body.node(replies.size(), 0).noNulls().buffer(ids.bytes());
  }

  private static String text(JsonValue id) {
    return id instanceof JsonValue.Text(String text) ? text : new JsonWriter().value(id).toString();
  }

  /** Adds a column of texts, null where there is none. */
  private static void addTexts(List<String> texts, ArrowMessages.Body body) {
    ArrowBytes validity = new ArrowBytes();
    ArrowBytes offsets = new ArrowBytes();
    ArrowBytes utf8 = new ArrowBytes();
    long nulls = 0;
    offsets.addInt(0);
    for (String text : texts) {
      validity.addBit(text != null);
      if (text == null) {
        nulls++;
      } else {
        utf8.addUtf8(text);
      }
      offsets.addInt(utf8.size());
    }
    body.node(texts.size(), nulls).buffer(validity.bytes());
    body.buffer(offsets.bytes()).buffer(utf8.bytes());
  }

  private void addAnswers(List<Reply> replies, ArrowMessages.Body body) {
    ArrowBytes validity = new ArrowBytes();
    ArrowBytes offsets = new ArrowBytes();
    List<String> phrases = new ArrayList<>();
    ArrowBytes masked = new ArrowBytes();
    ArrowBytes masks = new ArrowBytes();
    ArrowBytes label = new ArrowBytes();
    ArrowBytes index = new ArrowBytes();
    ArrowBytes score = new ArrowBytes();
    ArrowBytes matched = new ArrowBytes();
    ArrowBytes match = new ArrowBytes();
    int count = 0;
    int unmasked = 0;
    int failed = 0;
    int unmatched = 0;
    offsets.addInt(0);
    for (Reply reply : replies) {
      Reply.Answers answers = reply instanceof Reply.Answers a ? a : null;
      validity.addBit(answers != null);
      failed += answers == null ? 1 : 0;
      int mask = 0;
      for (Reply.Group group : answers == null ? List.<Reply.Group>of() : answers.groups()) {
        mask++;
        for (Answer answer : group.answers()) {
          phrases.add(group.about());
          masked.addBit(group.about() != null);
          masks.addInt(mask);
          unmasked += group.about() == null ? 1 : 0;
          label.addInt(labels.computeIfAbsent(answer.label(), _ -> labels.size()));
          index.addInt(answer.index());
          score.addDouble(answer.score());
          count++;
        }
      }
      offsets.addInt(count);
      boolean hasMatch = answers != null && answers.match().isPresent();
      matched.addBit(hasMatch);
      match.addDouble(hasMatch ? answers.match().getAsDouble() : 0);
      unmatched += hasMatch ? 0 : 1;
    }
    body.node(replies.size(), failed).buffer(validity.bytes()).buffer(offsets.bytes());
    body.node(count, 0).noNulls();
    if (task == TaskName.FLICKR) {
      addTexts(phrases, body);
      body.node(count, 0).noNulls().buffer(index.bytes());
    } else if (task == TaskName.PRETRAIN) {
      body.node(count, unmasked).buffer(masked.bytes()).buffer(masks.bytes());
    }
    body.node(count, 0).noNulls().buffer(label.bytes());
    body.node(count, 0).noNulls().buffer(index.bytes());
    body.node(count, 0).noNulls().buffer(score.bytes());
    if (task == TaskName.PRETRAIN) {
      body.node(replies.size(), unmatched).buffer(matched.bytes()).buffer(match.bytes());
    }
  }

  private void addVectors(List<Reply> replies, ArrowMessages.Body body) {
    ArrowBytes validity = new ArrowBytes();
    ArrowBytes pooled = new ArrowBytes();
    ArrowBytes offsets = new ArrowBytes();
    ArrowBytes states = new ArrowBytes();
    int failed = 0;
    int rows = 0;
    offsets.addInt(0);
    for (Reply reply : replies) {
      Reply.Vectors vectors = reply instanceof Reply.Vectors v ? v : null;
      validity.addBit(vectors != null);
      failed += vectors == null ? 1 : 0;
      pooled.addFloats(vectors == null ? new float[hidden] : vectors.pooled().toFloatArray());
      if (vectors != null && allStates) {
        states.addFloats(vectors.lastHiddenState().toFloatArray());
        rows += (int) vectors.lastHiddenState().size(0);
      }
      offsets.addInt(rows);
    }
    body.node(replies.size(), failed).buffer(validity.bytes());
    body.node((long) replies.size() * hidden, 0).noNulls().buffer(pooled.bytes());
    if (allStates) {
      body.node(replies.size(), failed).buffer(validity.bytes()).buffer(offsets.bytes());
      body.node(rows, 0).noNulls();
      body.node((long) rows * hidden, 0).noNulls().buffer(states.bytes());
    }
  }

  boolean hasLabels() {
    return task != TaskName.ENCODE;
  }

  /** Returns how many labels there are so far. */
  int labelCount() {
    return labels.size();
  }

  /** Returns the labels, to which the answers point. */
  ArrowMessages.Body labels() {
    ArrowMessages.Body body = new ArrowMessages.Body();
    addTexts(List.copyOf(labels.keySet()), body);
    return body;
  }
}
