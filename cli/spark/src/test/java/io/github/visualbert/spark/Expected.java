package io.github.visualbert.spark;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.ReplyWriter;
import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.ask.TaskRunner;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;

/** What {@code visualbert run} answers: the same JSON of the same rows, without Spark. */
final class Expected implements AutoCloseable {
  private final TaskName task;
  private final VisualBert model;
  private final TaskRunner runner;
  private final RequestReader reader;
  private final ReplyWriter writer;

  Expected(TaskName task, String model, int topK) {
    Path folder = Sessions.demo(model);
    this.task = task;
    this.model = task.open(folder, () -> VisualBert.builder(folder).threads(1));
    this.runner = TaskRunner.of(task, this.model, topK, false);
    this.reader = new RequestReader(task, new PictureCache(this.model, Path.of("")));
    this.writer = ReplyWriter.of(task, this.model);
  }

  /** Returns the answers of a row, given and returned as JSON. */
  String answers(String row) {
    JsonObject object = Json.parseObject(row.getBytes(StandardCharsets.UTF_8));
    Reply reply = runner.ask(List.of(reader.request(object.get("id"), object))).getFirst();
    JsonObject json = Json.parseObject(writer.json(reply).getBytes(StandardCharsets.UTF_8));
    String field = task == TaskName.ENCODE ? "pooler_output" : "answers";
    return new JsonWriter().value(json.get(field)).toString();
  }

  /** Returns answers of Spark as the same JSON. */
  static String json(List<Row> answers) {
    JsonWriter json = new JsonWriter().beginArray();
    for (Row answer : answers) {
      json.beginObject();
      for (String name : answer.schema().fieldNames()) {
        switch (answer.<Object>getAs(name)) {
          case null -> {}
          case Integer number -> json.field(name, number.longValue());
          case Double number -> json.name(name).value(number);
          case Boolean flag when flag -> json.field(name, true);
          case Boolean _ -> {}
          case scala.collection.Seq<?> numbers -> {
            json.name(name).beginArray();
            numbers.iterator().foreach(each -> json.value((float) each));
            json.endArray();
          }
          case Object text -> json.field(name, text.toString());
        }
      }
      json.endObject();
    }
    return json.endArray().toString();
  }

  @Override
  public void close() {
    reader.close();
    model.close();
  }
}
