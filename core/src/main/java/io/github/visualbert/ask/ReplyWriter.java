package io.github.visualbert.ask;

import io.github.visualbert.VisualBert;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.Answer;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.vision.Box;

/** Writes each reply as a JSON object. Immutable and thread-safe. */
public final class ReplyWriter {
  private final TaskName task;
  private final AnswerNames names;

  public ReplyWriter(TaskName task, AnswerNames names) {
    this.task = task;
    this.names = names;
  }

  /** Returns a writer for the replies of a model. */
  public static ReplyWriter of(TaskName task, VisualBert model) {
    return new ReplyWriter(task, AnswerNames.of(task, model));
  }

  /** Returns a reply as one line of JSON. */
  public String json(Reply reply) {
    JsonWriter json = new JsonWriter().beginObject().name("id").value(reply.id());
    writeFields(reply, json);
    return json.endObject().toString();
  }

  /** Writes the fields of a reply, without its id, into an object that is open. */
  public void writeFields(Reply reply, JsonWriter json) {
    if (!(reply instanceof Reply.Failed)) {
      json.field("task", task.toString());
    }
    switch (reply) {
      case Reply.Failed failed -> json.field("error", failed.error());
      case Reply.Answers answers -> writeAnswers(answers, json);
      case Reply.Vectors vectors -> {
        write("pooler_output", vectors.pooled(), json);
        if (vectors.lastHiddenState() != null) {
          write("last_hidden_state", vectors.lastHiddenState(), json);
        }
      }
    }
    if (reply.truncated()) {
      json.field("truncated", true);
    }
  }

  private void writeAnswers(Reply.Answers reply, JsonWriter json) {
    json.name("answers").beginArray();
    int mask = 0;
    for (Reply.Group group : reply.groups()) {
      mask++;
      for (int i = 0; i < group.answers().size(); i++) {
        Answer answer = group.answers().get(i);
        json.beginObject();
        if (task == TaskName.FLICKR) {
          json.field("phrase", group.about()).field("region", answer.index());
        } else if (group.about() != null) {
          json.field("mask", mask);
        }
        json.field("label", answer.label()).field("index", answer.index());
        if (names.isPlaceholder(answer)) {
          json.field("placeholder", true);
        }
        json.field("score", answer.score());
        if (!group.boxes().isEmpty()) {
          Box box = group.boxes().get(i);
          json.name("box").beginArray().value(box.left()).value(box.top());
          json.value(box.right()).value(box.bottom()).endArray();
        }
        json.endObject();
      }
    }
    json.endArray();
    if (reply.match().isPresent()) {
      json.field("match", reply.match().getAsDouble());
    }
  }

  /** Writes a vector as an array, a matrix as an array of arrays. */
  private static void write(String name, Tensor tensor, JsonWriter json) {
    float[] values = tensor.toFloatArray();
    int columns = (int) tensor.size(-1);
    json.name(name).beginArray();
    for (int i = 0; i < values.length; i++) {
      if (tensor.rank() > 1 && i % columns == 0) {
        json.beginArray();
      }
      json.value(values[i]);
      if (tensor.rank() > 1 && i % columns == columns - 1) {
        json.endArray();
      }
    }
    json.endArray();
  }
}
