package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.console.VersionProvider;
import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.HttpReply;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.http.Route;
import io.github.visualbert.cli.serve.model.AskService;
import io.github.visualbert.cli.serve.model.ServedDetector;
import io.github.visualbert.cli.serve.model.Ticket;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The Open Inference Protocol, version 2, with its extension for binary tensors. Its models are the
 * detectors: a picture goes in, its regions come out.
 */
public final class InferenceDoor {
  private static final String NAME = "visualbert";
  private static final String MODEL = "/v2/models/{name}";
  private static final String VERSION = MODEL + "/versions/1";

  /** What clients say of a body; Triton's for Python says nothing. */
  private static final Set<String> TYPES =
      Set.of("", HttpReply.JSON, "application/octet-stream", "image/png", "image/jpeg");

  private final AskService service;
  private final BooleanSupplier draining;

  public InferenceDoor(AskService service, BooleanSupplier draining) {
    this.service = service;
    this.draining = draining;
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(Route.of("GET", "/v2", this::server));
    routes.add(Route.open("GET", "/v2/health/live", this::live));
    routes.add(Route.open("GET", "/v2/health/ready", this::ready));
    for (String path : List.of(MODEL, VERSION)) {
      routes.add(Route.of("GET", path, this::model));
      routes.add(Route.of("GET", path + "/ready", this::modelReady));
      routes.add(Route.of("POST", path + "/infer", this::infer));
    }
    return routes;
  }

  private HttpReply server(Exchange exchange) {
    JsonWriter json = new JsonWriter().beginObject().field("name", NAME);
    json.field("version", VersionProvider.line().substring(NAME.length() + 1));
    json.name("extensions").beginArray().value("binary_tensor_data").endArray();
    return HttpReply.json(json.endObject().toString());
  }

  private HttpReply live(Exchange exchange) {
    return HttpReply.json("{\"live\":true}");
  }

  private HttpReply ready(Exchange exchange) {
    boolean ready = !draining.getAsBoolean();
    return HttpReply.json("{\"ready\":" + ready + "}").withStatus(ready ? 200 : 503);
  }

  private HttpReply modelReady(Exchange exchange) {
    detector(exchange);
    JsonWriter json = new JsonWriter().beginObject().field("name", exchange.name(0));
    return HttpReply.json(json.field("ready", true).endObject().toString());
  }

  private HttpReply model(Exchange exchange) {
    RegionDetector detector = detector(exchange).detector();
    JsonWriter json = new JsonWriter().beginObject().field("name", exchange.name(0));
    json.name("versions").beginArray().value("1").endArray();
    json.field("platform", NAME + "_" + detector.kind().kindName());
    json.name("inputs").beginArray().beginObject().field("name", InferRequest.INPUT);
    json.field("datatype", InferRequest.DATATYPE).field("shape", new long[] {1});
    json.endObject().endArray();
    json.name("outputs").beginArray();
    for (RegionTensor tensor : RegionTensor.of(detector)) {
      json.beginObject().field("name", tensor.toString()).field("datatype", tensor.datatype());
      json.field("shape", tensor.shape(detector)).endObject();
    }
    return HttpReply.json(json.endArray().endObject().toString());
  }

  private HttpReply infer(Exchange exchange) {
    if (!TYPES.contains(exchange.type())) {
      exchange.requireJson();
    }
    ServedDetector detector = detector(exchange);
    try (Ticket ticket = service.admit(exchange)) {
      InferRequest request = InferRequest.read(exchange, detector.detector());
      Detection detection = service.detect(detector, request.picture(), ticket);
      return new InferReply(exchange.name(0), request, detection, detector.detector()).reply();
    }
  }

  private ServedDetector detector(Exchange exchange) {
    return service.detectors().get(exchange.name(0));
  }

  /** Returns the problem of a field of a request. */
  static Problem wrong(String pointer, String detail) {
    return Problem.ofField(
        Code.FIELD_WRONG, pointer, "%s: %s".formatted(pointer.substring(1), detail));
  }
}
