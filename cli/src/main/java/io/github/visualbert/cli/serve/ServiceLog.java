package io.github.visualbert.cli.serve;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Door;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.RequestListener;
import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The log of the service, a JSON object a line, and the metrics of its requests. No line holds a
 * header, a picture or a question. Thread-safe.
 */
final class ServiceLog implements RequestListener {
  private static final double MILLIS = 1e-6;

  private final PrintWriter out;
  private final Metrics metrics;

  ServiceLog(PrintWriter out, Metrics metrics) {
    this.out = out;
    this.metrics = metrics;
  }

  /** Writes what happened to the service itself. */
  void event(String event, String detail) {
    JsonWriter json = begin(event);
    if (detail != null) {
      json.field("detail", detail);
    }
    write(json);
  }

  @Override
  public void begun(Door door) {
    metrics.begun(door.toString());
  }

  @Override
  public void done(Exchange exchange, int status, Code code, Throwable failure, long nanos) {
    String model = exchange.model();
    metrics.done(
        exchange.door().toString(),
        model == null ? "none" : model,
        status,
        code == null ? null : code.toString(),
        nanos);
    JsonWriter json = begin("request").field("id", exchange.id());
    json.field("door", exchange.door().toString()).field("method", exchange.method());
    if (model != null) {
      json.field("model", model);
    }
    json.field("status", status);
    if (code != null) {
      json.field("code", code.toString());
    }
    json.field("milliseconds", Math.round(nanos * MILLIS * 1000) / 1000.0);
    if (failure != null) {
      json.field("failure", trace(failure));
    }
    write(json);
  }

  @Override
  public void refused(String id, Door door, Code code) {
    metrics.begun(door.toString());
    metrics.done(door.toString(), "none", code.status(), code.toString(), 0);
    write(
        begin("request")
            .field("id", id)
            .field("door", door.toString())
            .field("status", code.status())
            .field("code", code.toString()));
  }

  private static String trace(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      text.append(text.isEmpty() ? "" : "; caused by ").append(each);
      for (StackTraceElement frame : each.getStackTrace()) {
        text.append(" at ").append(frame);
      }
    }
    return text.toString();
  }

  private static JsonWriter begin(String event) {
    return new JsonWriter()
        .beginObject()
        .field("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
        .field("event", event);
  }

  private void write(JsonWriter json) {
    synchronized (out) {
      out.println(json.endObject());
      out.flush();
    }
  }
}
