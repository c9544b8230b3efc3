package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.HttpReply;
import io.github.visualbert.cli.serve.http.Route;
import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.cli.serve.model.ServedModels;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What operators ask: whether the service lives, whether it takes requests, and what it did. */
public final class OperationDoor {
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final ServedModels models;
  private final Metrics metrics;
  private final BooleanSupplier draining;

  public OperationDoor(ServedModels models, Metrics metrics, BooleanSupplier draining) {
    this.models = models;
    this.metrics = metrics;
    this.draining = draining;
  }

  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/health/live", this::live),
        Route.open("GET", "/health/ready", this::ready),
        Route.open("GET", "/health", this::ready),
        Route.open("GET", "/openapi.json", this::description),
        Route.of("GET", "/metrics", this::metrics));
  }

  private HttpReply live(Exchange exchange) {
    return HttpReply.json("{\"status\":\"live\"}");
  }

  private HttpReply ready(Exchange exchange) {
    if (draining.getAsBoolean()) {
      return HttpReply.json("{\"status\":\"draining\"}").withStatus(503);
    }
    JsonWriter json = new JsonWriter().beginObject().field("status", "ready");
    json.name("models").beginArray();
    models.names().forEach(json::value);
    return HttpReply.json(json.endArray().endObject().toString());
  }

  private HttpReply description(Exchange exchange) {
    try (InputStream json = OperationDoor.class.getResourceAsStream("openapi.json")) {
      return new HttpReply(200, HttpReply.JSON, Map.of(), json.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpReply metrics(Exchange exchange) {
    return new HttpReply(200, METRICS_TYPE, Map.of(), metrics.text());
  }
}
