package io.github.visualbert.cli.serve.door;

import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.HttpReply;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.http.Route;
import io.github.visualbert.cli.serve.model.AskService;
import io.github.visualbert.cli.serve.model.AskService.Question;
import io.github.visualbert.cli.serve.model.SeenPicture;
import io.github.visualbert.cli.serve.model.SentPicture;
import io.github.visualbert.cli.serve.model.ServedModel;
import io.github.visualbert.cli.serve.model.Ticket;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** This program's own door: every task, in the words of {@code visualbert run}. */
public final class AnswersDoor {
  private static final Set<String> FIELDS =
      Set.of(
          "task",
          "model",
          "id",
          "question",
          "statement",
          "choices",
          "caption",
          "phrases",
          "text",
          "image",
          "images",
          "top_k",
          "regions",
          "grounding");

  private final AskService service;

  public AnswersDoor(AskService service) {
    this.service = service;
  }

  public List<Route> routes() {
    return List.of(Route.of("POST", "/v1/answers", this::answer));
  }

  private HttpReply answer(Exchange exchange) {
    if (!exchange.type().equals(AnswersForm.TYPE)) {
      exchange.requireJson();
    }
    try (Ticket ticket = service.admit(exchange)) {
      AnswersForm form =
          exchange.type().equals(AnswersForm.TYPE)
              ? AnswersForm.read(exchange)
              : new AnswersForm(exchange.json(), null, null);
      JsonObject json = form.json();
      Fields.requireKnown(json, FIELDS);
      try (ServedModel.Lease lease =
          service.models().lease(Fields.text(json, "model", "/model"), task(json).orElse(null))) {
        return answer(lease.model(), form, ticket);
      }
    }
  }

  private HttpReply answer(ServedModel model, AnswersForm form, Ticket ticket) {
    JsonObject json = form.json();
    TaskName task = task(json).orElse(model.task());
    JsonValue id = json.get("id") == null ? JsonValue.Null.NULL : json.get("id");
    Question question =
        new Question(
            task,
            json,
            id,
            form.pictures() != null ? form.pictures() : pictures(json),
            form.features(),
            Fields.topK(json, "/top_k"));
    boolean regions = Fields.flag(json, "regions", "/regions");
    Grounding grounding = Grounding.of(json);
    AskService.Answer answer = service.answer(model, question, ticket);
    JsonWriter reply = new JsonWriter().beginObject().name("id").value(id);
    reply.field("model", model.name());
    model.writer(task).writeFields(answer.reply(), reply);
    reply.name("pictures").beginArray();
    for (SeenPicture picture : answer.pictures()) {
      reply.beginObject().field("id", picture.id());
      reply.field("width", picture.width()).field("height", picture.height());
      if (regions) {
        Regions.write(picture, model.features(picture), reply);
      }
      reply.endObject();
    }
    reply.endArray();
    if (grounding != Grounding.NONE) {
      service.explain(
          model, task, answer, ticket, explanation -> grounding.write(explanation, reply));
    }
    return HttpReply.json(reply.endObject().toString());
  }

  private static Optional<TaskName> task(JsonObject json) {
    String name = Fields.text(json, "task", "/task");
    if (name == null) {
      return Optional.empty();
    }
    return Optional.of(
        TaskName.of(name)
            .orElseThrow(
                () ->
                    Problem.ofField(
                        Code.FIELD_WRONG,
                        "/task",
                        "the task is %s, expected vqa, nlvr2, vcr, flickr, pretrain or encode"
                            .formatted(Problem.quote(name)))));
  }

  private static List<SentPicture> pictures(JsonObject json) {
    if (json.has("image") && json.has("images")) {
      throw Problem.ofField(Code.FIELD_WRONG, "/images", "expected image or images, found both");
    }
    List<SentPicture> pictures = new ArrayList<>();
    if (json.has("image")) {
      pictures.add(Base64Picture.of(Fields.text(json, "image", "/image"), "/image"));
    } else if (json.has("images")) {
      if (!(json.get("images") instanceof JsonArray several)) {
        throw Fields.wrong(json, "images", "/images", "an array of pictures");
      }
      for (JsonValue each : several) {
        String pointer = "/images/" + pictures.size();
        if (!(each instanceof JsonValue.Text(String text))) {
          throw Problem.ofField(
              Code.FIELD_WRONG, pointer, "expected a string, found " + each.describe());
        }
        pictures.add(Base64Picture.of(text, pointer));
      }
    }
    return pictures;
  }
}
