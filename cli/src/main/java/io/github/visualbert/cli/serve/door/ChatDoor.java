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
import io.github.visualbert.cli.serve.model.ServedModel;
import io.github.visualbert.cli.serve.model.Ticket;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Chat completions as OpenAI's clients ask for them: a question, pictures, and a label back. */
public final class ChatDoor {
  private final AskService service;

  public ChatDoor(AskService service) {
    this.service = service;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("POST", "/v1/chat/completions", this::complete),
        Route.of("POST", "/models/{name}/v1/chat/completions", this::completeByPath),
        Route.of("GET", "/v1/models", this::models),
        Route.of("GET", "/v1/models/{name}", this::model));
  }

  private HttpReply complete(Exchange exchange) {
    exchange.requireJson();
    try (Ticket ticket = service.admit(exchange)) {
      JsonObject json = exchange.json();
      try (ServedModel.Lease lease = lease(ChatRequest.model(json))) {
        return complete(lease.model(), json, ticket);
      }
    }
  }

  private HttpReply completeByPath(Exchange exchange) {
    exchange.requireJson();
    try (ServedModel.Lease lease = lease(exchange.name(0));
        Ticket ticket = service.admit(exchange)) {
      return complete(lease.model(), exchange.json(), ticket);
    }
  }

  private ServedModel.Lease lease(String name) {
    return service.models().lease(name, name == null ? TaskName.VQA : null);
  }

  private HttpReply complete(ServedModel model, JsonObject json, Ticket ticket) {
    TaskName task = model.task();
    if (task != TaskName.VQA && task != TaskName.NLVR2) {
      throw Problem.ofField(
          Code.TASK_NOT_SERVED,
          "/model",
          "model %s is for %s; POST /v1/answers asks it".formatted(model.name(), task));
    }
    ChatRequest request = ChatRequest.read(json, task);
    JsonObject row = Json.object(Map.of(task.textField(), request.text()));
    AskService.Answer answer =
        service.answer(
            model,
            new Question(
                task,
                row,
                JsonValue.Null.NULL,
                request.pictures(),
                null,
                Math.max(1, request.alternatives())),
            ticket);
    ChatReply reply =
        new ChatReply(
            "chatcmpl-" + ticket.exchange().id(),
            Instant.now().getEpochSecond(),
            model.name(),
            ((Reply.Answers) answer.reply()).groups().getFirst().answers(),
            answer.rows(),
            request.logprobs(),
            request.alternatives());
    return request.stream()
        ? new ChatStream(reply, request.usage()).reply()
        : HttpReply.json(reply.json());
  }

  private HttpReply models(Exchange exchange) {
    JsonWriter json = new JsonWriter().beginObject().field("object", "list");
    json.name("data").beginArray();
    service.models().all().stream()
        .sorted(Comparator.comparing(model -> model.task() != TaskName.VQA)) // else as given
        .forEach(model -> write(model, json));
    return HttpReply.json(json.endArray().endObject().toString());
  }

  private HttpReply model(Exchange exchange) {
    try (ServedModel.Lease lease = service.models().lease(exchange.name(0), null)) {
      JsonWriter json = new JsonWriter();
      write(lease.model(), json);
      return HttpReply.json(json.toString());
    }
  }

  private static void write(ServedModel model, JsonWriter json) {
    json.beginObject().field("id", model.name()).field("object", "model");
    json.field("created", model.weights().date().getEpochSecond()).field("owned_by", "visualbert");
    json.field("task", model.task().toString()).endObject();
  }
}
