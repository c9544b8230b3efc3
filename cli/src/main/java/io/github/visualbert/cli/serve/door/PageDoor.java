package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.explanation.ViewFile;
import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.HttpReply;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.http.Route;
import io.github.visualbert.cli.serve.model.ServedModel;
import io.github.visualbert.cli.serve.model.ServedModels;
import io.github.visualbert.internal.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A page on which people ask, and see where the model looks. It is a client of this program's own
 * door; whoever has no token gets the page, but nothing else.
 */
public final class PageDoor {
  /** Nothing comes from elsewhere, and nothing is run or drawn that is not a file of the page. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final ServedModels models;
  private final List<Asset> files = new ArrayList<>();
  private final List<Asset> scenes;

  /**
   * Makes the page.
   *
   * @param pictures the folder of pictures to begin with; null for none
   */
  public PageDoor(ServedModels models, Path pictures) {
    this.models = models;
    this.scenes = pictures == null ? List.of() : Asset.pictures(pictures);
    files.add(text("page.js"));
    files.add(text("page.css"));
    files.add(Asset.of("view.js", ViewFile.JS.text()));
    files.add(Asset.of("view.css", ViewFile.CSS.text()));
  }

  private static Asset text(String name) {
    return Asset.of(name, ViewFile.text(PageDoor.class, name));
  }

  public List<Route> routes() {
    Asset page =
        Asset.of(
            "page.html",
            ViewFile.text(PageDoor.class, "page.html").replace("{{view}}", ViewFile.HTML.text()));
    return List.of(
        Route.open("GET", "/", exchange -> page(exchange, page)),
        Route.of("GET", "/assets/page.json", this::describe),
        Route.open("GET", "/assets/{name}", exchange -> send(exchange, files)),
        Route.open("GET", "/assets/pictures/{name}", exchange -> send(exchange, scenes)));
  }

  private static HttpReply page(Exchange exchange, Asset page) {
    return page.reply(exchange)
        .with("Content-Security-Policy", POLICY)
        .with("Referrer-Policy", "no-referrer");
  }

  private static HttpReply send(Exchange exchange, List<Asset> assets) {
    return assets.stream()
        .filter(asset -> asset.name().equals(exchange.name(0)))
        .findFirst()
        .orElseThrow(
            () ->
                Problem.of(
                    Code.PATH_UNKNOWN, "there is nothing at " + Problem.quote(exchange.path())))
        .reply(exchange);
  }

  /** Returns what can be asked here, and about which pictures at once. */
  private HttpReply describe(Exchange exchange) {
    JsonWriter json = new JsonWriter().beginObject().name("models").beginArray();
    for (ServedModel model : models.all()) {
      json.beginObject().field("name", model.name()).field("task", model.task().toString());
      json.field("pictures", model.task().pictures());
      json.field("grounding", model.attendsToRegions()).endObject();
    }
    json.endArray().name("pictures").beginArray();
    scenes.forEach(scene -> json.value(scene.name()));
    return new HttpReply(
        200,
        HttpReply.JSON,
        Map.of("Cache-Control", "no-store"),
        json.endArray().endObject().toString().getBytes(StandardCharsets.UTF_8));
  }
}
