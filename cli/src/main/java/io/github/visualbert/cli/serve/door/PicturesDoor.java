package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.HttpReply;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.http.Route;
import io.github.visualbert.cli.serve.model.AskService;
import io.github.visualbert.cli.serve.model.Pictures;
import io.github.visualbert.cli.serve.model.SeenPicture;
import io.github.visualbert.cli.serve.model.SentPicture;
import io.github.visualbert.cli.serve.model.ServedModel;
import io.github.visualbert.cli.serve.model.Ticket;
import io.github.visualbert.internal.json.JsonWriter;
import java.util.List;

/** Pictures that are sent once and asked about by their identifiers. */
public final class PicturesDoor {
  private final AskService service;
  private final Pictures pictures;

  public PicturesDoor(AskService service) {
    this.service = service;
    this.pictures = service.pictures();
  }

  public List<Route> routes() {
    return List.of(
        Route.of("POST", "/v1/pictures", this::keep),
        Route.of("GET", "/v1/pictures/{id}", this::find),
        Route.of("GET", "/v1/pictures/{id}/regions", this::regions),
        Route.of("DELETE", "/v1/pictures/{id}", this::forget));
  }

  private HttpReply keep(Exchange exchange) {
    byte[] file;
    switch (exchange.type()) {
      case "image/png", "image/jpeg", "application/octet-stream" -> file = exchange.body();
      case "multipart/form-data" -> {
        List<Multipart.Part> images = Multipart.read(exchange).all("image");
        if (images.size() != 1) {
          throw Problem.of(
              Code.PICTURE_MISSING, "expected one part image, found %d".formatted(images.size()));
        }
        file = images.getFirst().bytes();
      }
      default ->
          throw Problem.of(
              Code.TYPE_WRONG,
              "expected image/png, image/jpeg or multipart/form-data, found "
                  + Problem.quote(exchange.type()));
    }
    Pictures.Kept kept = pictures.keep(SentPicture.of(file, "image"));
    return json(kept).withStatus(201).with("Location", "/v1/pictures/" + kept.id());
  }

  private HttpReply find(Exchange exchange) {
    return json(pictures.find(exchange.name(0)).orElseThrow(() -> unknown(exchange)));
  }

  /** Returns what a model sees in a picture, so that a question about it needs no detector. */
  private HttpReply regions(Exchange exchange) {
    try (Ticket ticket = service.admit(exchange);
        ServedModel.Lease lease = service.models().lease(exchange.query("model"), null)) {
      String id = exchange.name(0);
      if (!SentPicture.isId(id)) {
        throw unknown(exchange);
      }
      ServedModel model = lease.model();
      SeenPicture seen = service.see(model, new SentPicture(id, null, id), ticket);
      JsonWriter json = new JsonWriter().beginObject().field("id", id).field("model", model.name());
      json.field("width", seen.width()).field("height", seen.height());
      Regions.write(seen, model.features(seen), json);
      return HttpReply.json(json.endObject().toString());
    }
  }

  private HttpReply forget(Exchange exchange) {
    if (!pictures.forget(exchange.name(0))) {
      throw unknown(exchange);
    }
    return HttpReply.empty(204);
  }

  private static Problem unknown(Exchange exchange) {
    return Problem.of(
        Code.PICTURE_UNKNOWN,
        "%s is not here, or not any longer".formatted(Problem.quote(exchange.name(0))));
  }

  private static HttpReply json(Pictures.Kept kept) {
    return HttpReply.json(
        new JsonWriter()
            .beginObject()
            .field("id", kept.id())
            .field("width", kept.width())
            .field("height", kept.height())
            .endObject()
            .toString());
  }
}
