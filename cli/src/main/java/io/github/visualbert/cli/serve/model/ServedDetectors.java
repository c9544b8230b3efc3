package io.github.visualbert.cli.serve.model;

import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.cli.detector.RegionSettings;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.detect.RegionDetectorBuilder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The detectors that are held open, one for each way in which models want to see through it.
 * Thread-safe.
 */
public final class ServedDetectors implements AutoCloseable {
  /** Stands for the only detector, whatever its name. */
  private static final String ALIAS = "detector";

  private final UnaryOperator<RegionDetectorBuilder> compute;
  private final Metrics metrics;
  private final Map<RegionSettings, ServedDetector> open = new LinkedHashMap<>(); // guarded by this
  private final List<ServedDetector> ready = new CopyOnWriteArrayList<>(); // those of the map

  /**
   * Makes an empty set.
   *
   * @param compute sets kernels and threads
   */
  public ServedDetectors(UnaryOperator<RegionDetectorBuilder> compute, Metrics metrics) {
    this.compute = compute;
    this.metrics = metrics;
  }

  /**
   * Returns the detector of some settings, opened and warmed up by the first who asks.
   *
   * @throws io.github.visualbert.error.ModelException when it cannot be opened
   */
  synchronized ServedDetector open(RegionSettings settings) {
    ServedDetector there = open.get(settings);
    if (there != null) {
      return there;
    }
    String name =
        settings.detector().folder().toAbsolutePath().normalize().getFileName().toString();
    ServedDetector opened =
        new ServedDetector(
            name, settings.toString(), compute.apply(settings.builder()).open(), metrics);
    opened.warmUp();
    open.put(settings, opened);
    ready.add(opened);
    return opened;
  }

  /**
   * Returns a detector with its own settings, as {@code detect} uses it, opened by the first who
   * asks.
   *
   * @throws io.github.visualbert.error.ModelException when it cannot be opened
   */
  public ServedDetector open(Path folder) {
    return open(RegionSettings.none(DetectorFolder.require(folder)));
  }

  /**
   * Returns the memory that detections have taken beside the weights, by detector, in bytes. Does
   * not wait while a detector is being opened.
   */
  public Map<String, Long> workspaceBytes() {
    return ready.stream()
        .collect(
            Collectors.toMap(
                ServedDetector::name, each -> each.detector().workspaceBytes(), Long::sum));
  }

  /** Returns the names of the detectors, each once. */
  public synchronized List<String> names() {
    return open.values().stream().map(ServedDetector::name).distinct().toList();
  }

  /**
   * Returns a detector with its own settings, whatever models want of it.
   *
   * @param name that of its folder, or {@code detector} for the only one
   * @throws Problem when there is none of that name
   */
  public synchronized ServedDetector get(String name) {
    List<String> names = names();
    String wanted = name.equals(ALIAS) && names.size() == 1 ? names.getFirst() : name;
    DetectorFolder folder =
        open.entrySet().stream()
            .filter(each -> each.getValue().name().equals(wanted))
            .map(each -> each.getKey().detector())
            .findFirst()
            .orElseThrow(() -> Problem.ofModel(name, names));
    return open(RegionSettings.none(folder));
  }

  @Override
  public synchronized void close() {
    open.values().forEach(ServedDetector::close);
  }
}
