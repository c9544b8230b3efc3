package io.github.visualbert.cli.serve;

import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.model.DemoModels;
import io.github.visualbert.cli.serve.door.AnswersDoor;
import io.github.visualbert.cli.serve.door.ChatDoor;
import io.github.visualbert.cli.serve.door.HuggingFaceDoor;
import io.github.visualbert.cli.serve.door.InferenceDoor;
import io.github.visualbert.cli.serve.door.OperationDoor;
import io.github.visualbert.cli.serve.door.PageDoor;
import io.github.visualbert.cli.serve.door.PicturesDoor;
import io.github.visualbert.cli.serve.http.Access;
import io.github.visualbert.cli.serve.http.Limits;
import io.github.visualbert.cli.serve.http.Route;
import io.github.visualbert.cli.serve.http.Routes;
import io.github.visualbert.cli.serve.http.WebServer;
import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.cli.serve.model.AskService;
import io.github.visualbert.cli.serve.model.Pictures;
import io.github.visualbert.cli.serve.model.RequestQueue;
import io.github.visualbert.cli.serve.model.ServedDetectors;
import io.github.visualbert.cli.serve.model.ServedModels;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A running service: models, doors and the port, from the start to the last answer. */
final class Service implements AutoCloseable {
  /** The most bytes of regions that are kept, and of pictures that were sent to be kept. */
  private static final long CACHE_BYTES = 256L << 20;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(30);

  private final AskService ask;
  private final Access access;
  private final ServiceLog log;
  private final CountDownLatch end = new CountDownLatch(1);
  private WebServer server;

  /**
   * What is served, and where.
   *
   * @param detector null for what each model names
   * @param tokenFile null for none
   * @param keyFile null to speak in the clear
   */
  record Settings(
      List<Path> models,
      Path detector,
      InetAddress address,
      int port,
      int queue,
      long maxBody,
      Path tokenFile,
      KeyFile keyFile) {}

  private Service(AskService ask, Access access, ServiceLog log) {
    this.ask = ask;
    this.access = access;
    this.log = log;
  }

  /**
   * Opens the models, makes a pass with each, then listens.
   *
   * @param out receives the log
   * @throws io.github.visualbert.error.ModelException when a model cannot be opened
   * @throws InputException when the port, the tokens or the key store cannot be used
   */
  static Service start(Settings settings, ComputeOptions compute, PrintWriter out) {
    Metrics metrics = new Metrics();
    ServiceLog log = new ServiceLog(out, metrics);
    Access access = new Access(settings.tokenFile(), settings.address());
    SslContextFactory.Server tls = settings.keyFile() == null ? null : settings.keyFile().open();
    ServedDetectors detectors = new ServedDetectors(compute::applyTo, metrics);
    ServedModels models =
        new ServedModels(
            settings.models(), settings.detector(), compute::applyTo, detectors, metrics);
    AskService ask =
        new AskService(
            models,
            detectors,
            new Pictures(CACHE_BYTES),
            new RequestQueue(settings.queue(), LONGEST_WAIT),
            (model, line) -> log.event("warning", model + ": " + line));
    Service service = new Service(ask, access, log);
    try {
      models.open();
      if (settings.detector() != null) {
        detectors.open(settings.detector());
      }
      service.listen(settings, metrics, tls);
      service.handleSignals();
      return service;
    } catch (RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private void listen(Settings settings, Metrics metrics, SslContextFactory.Server tls) {
    InetSocketAddress address = new InetSocketAddress(settings.address(), settings.port());
    try {
      server =
          WebServer.start(
              address,
              new Routes(routes(metrics)),
              access,
              Limits.withBody(settings.maxBody()),
              log,
              tls);
    } catch (IOException e) {
      throw new InputException(
          Kind.UNREADABLE,
          "%s port %d: cannot be listened on (%s)"
              .formatted(settings.address().getHostAddress(), settings.port(), e.getMessage()),
          e);
    }
    ServiceGauges.add(metrics, ask, server);
    String host = settings.address().getHostAddress();
    log.event(
        "ready",
        "%s://%s:%d"
            .formatted(
                tls == null ? "http" : "https",
                host.contains(":") ? "[" + host + "]" : host,
                server.port()));
  }

  /** Returns everything that is answered. */
  List<Route> routes(Metrics metrics) {
    List<Route> routes = new ArrayList<>();
    routes.addAll(new AnswersDoor(ask).routes());
    routes.addAll(new PicturesDoor(ask).routes());
    routes.addAll(new HuggingFaceDoor(ask).routes());
    routes.addAll(new ChatDoor(ask).routes());
    routes.addAll(new InferenceDoor(ask, () -> server.isDraining()).routes());
    routes.addAll(new OperationDoor(ask.models(), metrics, () -> server.isDraining()).routes());
    routes.addAll(new PageDoor(ask.models(), DemoModels.findPictures().orElse(null)).routes());
    return routes;
  }

  private void handleSignals() {
    Signals.on("TERM", end::countDown);
    Signals.on("INT", end::countDown);
    Signals.on("HUP", this::reload);
  }

  /** Reads tokens and opens models again; what cannot be used stays as it was. */
  void reload() {
    try {
      access.reload();
    } catch (InputException e) {
      log.event("reload_failed", e.getMessage());
    }
    ask.models().reload((name, e) -> log.event("reload_failed", name + ": " + e.getMessage()));
    log.event("reloaded", null);
  }

  /** Returns how many requests wait. */
  int waiting() {
    return ask.queue().waiting();
  }

  /** Waits for a signal, then ends the service. */
  void awaitEnd() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
  }

  /** Stops listening and lets what was accepted finish. */
  void end() {
    log.event("draining", null);
    boolean answered = server.drain(LONGEST_DRAIN);
    log.event("stopped", answered ? null : "some requests were not answered in time");
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    ask.models().close();
    ask.detectors().close();
  }
}
