package io.github.visualbert.cli.serve.metrics;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The counters of the service. Labels are names of doors, of loaded models and of problems, never a
 * text from a request. Thread-safe.
 */
public final class Metrics {
  private static final String PREFIX = "visualbert_";
  private static final double[] REQUEST_SECONDS = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };
  private static final double[] DETECTION_SECONDS = {
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
  };
  private static final double[] BATCH = {1, 2, 4, 8, 16, 32, 64};
  private static final double[] ROWS = {64, 128, 256, 512, 1024, 2048, 4096, 8192};
  private static final double NANOS = 1e-9;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter requests =
      counter("requests", "Requests that were answered.", "door", "model", "status");
  private final Histogram requestSeconds =
      histogram(
          "request_duration",
          "From the head to the end of the response.",
          REQUEST_SECONDS,
          "door",
          "model");
  private final Counter rejected = counter("rejected", "Requests that had a problem.", "code");
  private final Gauge inFlight =
      Gauge.builder()
          .name(PREFIX + "requests_in_flight")
          .help("Requests being answered.")
          .labelNames("door")
          .register(registry);
  private final Gauge queued =
      Gauge.builder()
          .name(PREFIX + "queue_requests")
          .help("Requests that wait for a pass.")
          .labelNames("model")
          .register(registry);
  private final Histogram waitSeconds =
      histogram("queue_wait", "How long requests waited for their pass.", REQUEST_SECONDS, "model");
  private final Histogram batchRequests = sizes("batch_requests", "Requests in a pass.", BATCH);
  private final Histogram batchRows = sizes("batch_rows", "Rows of a pass, about.", ROWS);
  private final Histogram passSeconds =
      histogram("pass_duration", "How long passes took.", REQUEST_SECONDS, "model");
  private final Counter detections =
      counter("detections", "Pictures that a detector looked at.", "detector", "result");
  private final Histogram detectionSeconds =
      histogram("detection_duration", "How long detections took.", DETECTION_SECONDS, "detector");
  private final Counter reloads =
      counter("model_reloads", "Models that were opened again.", "model", "result");
  private final Counter internalErrors = counter("internal_errors", "Requests that broke here.");

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(PREFIX + name).help(help).labelNames(labels).register(registry);
  }

  private Histogram histogram(String name, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name(PREFIX + name)
        .help(help)
        .unit(Unit.SECONDS)
        .classicOnly()
        .classicUpperBounds(bounds)
        .labelNames(labels)
        .register(registry);
  }

  private Histogram sizes(String name, String help, double[] bounds) {
    return Histogram.builder()
        .name(PREFIX + name)
        .help(help)
        .classicOnly()
        .classicUpperBounds(bounds)
        .labelNames("model")
        .register(registry);
  }

  /** Adds a gauge of the service. */
  public void gauge(String name, String help, DoubleSupplier value) {
    plainGauge(PREFIX + name, help, value);
  }

  /** Adds a gauge without the service's prefix, such as those of every process. */
  public void plainGauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(point -> point.call(value.getAsDouble()))
        .register(registry);
  }

  /** Adds a counter without the service's prefix, such as those of every process. */
  public void plainCount(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(point -> point.call(value.getAsDouble()))
        .register(registry);
  }

  /** Adds the memory of the JVM, by area. */
  public void memory() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    GaugeWithCallback.builder()
        .name("jvm_memory_used_bytes")
        .help("Used memory of the JVM.")
        .labelNames("area")
        .callback(
            point -> {
              point.call(memory.getHeapMemoryUsage().getUsed(), "heap");
              point.call(memory.getNonHeapMemoryUsage().getUsed(), "nonheap");
            })
        .register(registry);
  }

  /** Adds a counter that another part of the service keeps. */
  public void count(String name, String help, LongSupplier value) {
    CounterWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(point -> point.call(value.getAsLong()))
        .register(registry);
  }

  /** Adds a gauge that is always 1 and says by its labels what runs. */
  public void info(String version, String java, String kernels) {
    Info.builder()
        .name(PREFIX + "build")
        .help("What runs.")
        .labelNames("version", "java", "kernels")
        .register(registry)
        .setLabelValues(version, java, kernels);
  }

  /** Adds a gauge of every model. */
  public void modelGauge(String name, String help, Supplier<Map<String, Long>> values) {
    GaugeWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("model")
        .callback(point -> values.get().forEach((model, value) -> point.call(value, model)))
        .register(registry);
  }

  public void begun(String door) {
    inFlight.labelValues(door).inc();
  }

  /**
   * Counts a request.
   *
   * @param model that answered, or "none"
   * @param code what was wrong, or null
   */
  public void done(String door, String model, int status, String code, long nanos) {
    inFlight.labelValues(door).dec();
    requests.labelValues(door, model, Integer.toString(status)).inc();
    requestSeconds.labelValues(door, model).observe(nanos * NANOS);
    if (code != null) {
      rejected.labelValues(code).inc();
    }
    if (status == 500) {
      internalErrors.inc();
    }
  }

  /** Counts requests that begin to wait for a model, or end to if negative. */
  public void waiting(String model, int more) {
    queued.labelValues(model).inc(more);
  }

  public void waited(String model, long nanos) {
    waitSeconds.labelValues(model).observe(nanos * NANOS);
  }

  public void pass(String model, int count, int rows, long nanos) {
    batchRequests.labelValues(model).observe(count);
    batchRows.labelValues(model).observe(rows);
    DistributionDataPoint seconds = passSeconds.labelValues(model);
    seconds.observe(nanos * NANOS);
  }

  public void detection(String detector, boolean done, long nanos) {
    detections.labelValues(detector, done ? "done" : "failed").inc();
    detectionSeconds.labelValues(detector).observe(nanos * NANOS);
  }

  public void reload(String model, boolean done) {
    reloads.labelValues(model, done ? "done" : "failed").inc();
  }

  /** Returns everything in the text form of Prometheus. */
  public byte[] text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toByteArray();
  }
}
