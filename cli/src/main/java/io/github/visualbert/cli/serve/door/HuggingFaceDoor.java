package io.github.visualbert.cli.serve.door;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.HttpReply;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.http.Route;
import io.github.visualbert.cli.serve.model.AskService;
import io.github.visualbert.cli.serve.model.AskService.Question;
import io.github.visualbert.cli.serve.model.SentPicture;
import io.github.visualbert.cli.serve.model.ServedModel;
import io.github.visualbert.cli.serve.model.Ticket;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.Answer;
import java.util.List;
import java.util.Map;

/**
 * Visual question answering as Hugging Face's clients ask it. The one for Python sends {@code
 * image} and {@code question} beside {@code inputs}, the one for JavaScript inside.
 */
public final class HuggingFaceDoor {
  private static final int MAX_TOP_K = Integer.MAX_VALUE;

  private final AskService service;

  public HuggingFaceDoor(AskService service) {
    this.service = service;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("POST", "/", exchange -> answer(exchange, null)),
        Route.of("POST", "/models/{name}", exchange -> answer(exchange, exchange.name(0))));
  }

  private HttpReply answer(Exchange exchange, String name) {
    exchange.requireJson();
    try (ServedModel.Lease lease = service.models().lease(name, TaskName.VQA);
        Ticket ticket = service.admit(exchange)) {
      JsonObject json = exchange.json();
      JsonObject inputs = json.get("inputs") instanceof JsonObject inside ? inside : json;
      String prefix = inputs == json ? "" : "/inputs";
      String question =
          same(text(inputs, "question", prefix), text(json, "question", ""), "question");
      if (question == null) {
        throw Problem.ofField(Code.QUESTION_MISSING, prefix + "/question", "expected a question");
      }
      String picture = text(inputs, "image", prefix);
      picture = same(picture, text(json, "image", ""), "image");
      if (picture == null && json.get("inputs") instanceof JsonValue.Text(String text)) {
        picture = text;
      }
      if (picture == null) {
        throw Problem.ofField(
            Code.PICTURE_MISSING, prefix + "/image", "expected an image in base64");
      }
      SentPicture sent = Base64Picture.of(picture, prefix + "/image");
      int topK = Fields.DEFAULT_TOP_K;
      if (json.get("parameters") instanceof JsonObject parameters) {
        topK =
            Fields.integer(
                parameters, "top_k", "/parameters/top_k", 1, MAX_TOP_K, Fields.DEFAULT_TOP_K);
      }
      JsonObject row = Json.object(Map.of("question", question));
      Reply reply =
          service
              .answer(
                  lease.model(),
                  new Question(TaskName.VQA, row, JsonValue.Null.NULL, List.of(sent), null, topK),
                  ticket)
              .reply();
      JsonWriter answers = new JsonWriter().beginArray();
      for (Answer answer : ((Reply.Answers) reply).groups().getFirst().answers()) {
        answers.beginObject().field("score", answer.score()).field("answer", answer.label());
        answers.endObject();
      }
      return HttpReply.json(answers.endArray().toString());
    }
  }

  private static String text(JsonObject json, String name, String prefix) {
    return Fields.text(json, name, prefix + "/" + name);
  }

  private static String same(String inside, String outside, String name) {
    if (inside != null && outside != null && !inside.equals(outside)) {
      throw Problem.ofField(
          Code.FIELD_WRONG, "/" + name, "%s is given twice, and differs".formatted(name));
    }
    return inside != null ? inside : outside;
  }
}
