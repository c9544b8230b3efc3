package io.github.visualbert.cli.serve;

import io.github.visualbert.cli.console.VersionProvider;
import io.github.visualbert.cli.serve.http.WebServer;
import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.cli.serve.model.AskService;
import io.github.visualbert.cli.serve.model.Pictures;
import io.github.visualbert.cli.serve.model.ServedModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The metrics that are read when somebody asks for them. */
final class ServiceGauges {
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

  private ServiceGauges() {}

  static void add(Metrics metrics, AskService ask, WebServer server) {
    metrics.info(
        VersionProvider.line().substring("visualbert ".length()),
        Runtime.version().toString(),
        ask.models().all().getFirst().model().kernels());
    metrics.gauge("queue_limit", "The most requests that wait.", () -> ask.queue().limit());
    metrics.gauge("connections", "Open connections.", server::connections);
    metrics.modelGauge(
        "model_mapped_bytes",
        "Bytes of the weights, which are mapped.",
        () ->
            ask.models().all().stream()
                .collect(Collectors.toMap(ServedModel::name, each -> each.weights().bytes())));
    metrics.modelGauge(
        "workspace_bytes",
        "Bytes that passes of models and detectors take beside the weights.",
        () -> {
          Map<String, Long> bytes = new HashMap<>(ask.detectors().workspaceBytes());
          ask.models()
              .all()
              .forEach(each -> bytes.merge(each.name(), each.model().workspaceBytes(), Long::sum));
          return bytes;
        });
    Pictures pictures = ask.pictures();
    metrics.gauge("picture_cache_bytes", "Bytes of regions and pictures.", pictures::bytes);
    metrics.gauge("picture_cache_entries", "Regions and pictures.", pictures::entries);
    metrics.count("picture_cache_hits", "Regions that were there.", pictures::hits);
    metrics.count("picture_cache_misses", "Regions that were computed.", pictures::misses);
    metrics.count("picture_cache_evictions", "What was dropped for room.", pictures::evictions);
    var runtime = ManagementFactory.getRuntimeMXBean();
    metrics.plainGauge(
        "process_start_time_seconds", "When it began.", () -> runtime.getStartTime() / 1e3);
    metrics.plainGauge(
        "process_resident_memory_bytes", "Resident memory.", ServiceGauges::resident);
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.UnixOperatingSystemMXBean system) {
      metrics.plainCount(
          "process_cpu_seconds", "Processor time.", () -> system.getProcessCpuTime() / 1e9);
      metrics.plainGauge("process_open_fds", "Open files.", system::getOpenFileDescriptorCount);
    }
    metrics.memory();
  }

  private static double resident() {
    try {
      Matcher found = RESIDENT.matcher(Files.readString(Path.of("/proc/self/status")));
      return found.find() ? 1024.0 * Long.parseLong(found.group(1)) : Double.NaN;
    } catch (IOException e) {
      return Double.NaN; // not on Linux
    }
  }
}
