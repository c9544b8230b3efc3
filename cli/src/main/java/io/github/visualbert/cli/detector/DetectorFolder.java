package io.github.visualbert.cli.detector;

import io.github.visualbert.cli.model.ModelLocation;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of a detector: its configuration, weights and label files.
 *
 * @param configuration the file of the configuration, JSON or YAML
 */
public record DetectorFolder(Path folder, Path configuration) {
  /** The files of the names of classes and attributes. */
  public static final List<String> LABELS = ModelFolder.DETECTOR_LABELS;

  private static final int MAX_JSON_BYTES = 1 << 20;

  /** The names that are published, and the one that {@code convert} writes, which is preferred. */
  private static final List<String> NAMES =
      Stream.concat(Stream.of(ModelFolder.CONFIG), ModelFolder.DETECTOR_CONFIGS.stream()).toList();

  /** Sections that every detector's configuration has one of, and no model of language has. */
  private static final List<String> SECTIONS = List.of("model", "resnets", "rpn", "roi_heads");

  /**
   * Finds the configuration in a folder.
   *
   * @param location a path, or the name of a model of the hub in the cache
   * @throws ModelException when there is no such folder, or not one configuration in it
   */
  public static DetectorFolder require(Path location) {
    Path folder = ModelLocation.require(location);
    for (String name : NAMES) {
      if (Files.exists(folder.resolve(name))) {
        return new DetectorFolder(folder, folder.resolve(name));
      }
    }
    List<Path> others = yamlFiles(folder);
    if (others.size() == 1) {
      return new DetectorFolder(folder, others.getFirst());
    }
    VcrTower.requireNone(folder);
    throw new ModelException(
        Kind.MISMATCH,
        "%s: expected the configuration of a detector (%s or one other .yaml), found %s"
            .formatted(
                folder,
                String.join(", ", NAMES),
                others.isEmpty()
                    ? "none"
                    : String.join(
                        ", ",
                        others.stream().map(file -> file.getFileName().toString()).toList())));
  }

  /**
   * Returns a folder's detector if there is one by the looks of its configuration; empty for other
   * models and for what is no folder.
   */
  public static Optional<DetectorFolder> find(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    Path config = folder.resolve(ModelFolder.CONFIG);
    if (Files.exists(config)) {
      return isDetector(config)
          ? Optional.of(new DetectorFolder(folder, config))
          : Optional.empty();
    }
    return yamlFiles(folder).isEmpty() ? Optional.empty() : Optional.of(require(folder));
  }

  private static boolean isDetector(Path config) {
    try {
      byte[] text = TextFiles.readOfModel(config, "a configuration", MAX_JSON_BYTES);
      return Json.parseObject(text).keys().stream()
          .anyMatch(key -> SECTIONS.contains(key.toLowerCase(Locale.ROOT)));
    } catch (ModelException | JsonException e) {
      return false; // whoever reads it as a model's reports it
    }
  }

  private static List<Path> yamlFiles(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new ModelException(Kind.UNREADABLE, folder + ": cannot be read (" + e + ")", e);
    }
  }

  /**
   * Returns the text of the configuration as JSON.
   *
   * @throws ModelException when it cannot be read
   */
  public String json() {
    return configuration.toString().endsWith(".json")
        ? new String(
            TextFiles.readOfModel(configuration, "a configuration", MAX_JSON_BYTES),
            StandardCharsets.UTF_8)
        : YamlConfig.json(configuration);
  }

  /**
   * Returns a builder for the detector.
   *
   * @throws ModelException when the configuration cannot be read
   */
  public RegionDetectorBuilder builder() {
    return RegionDetector.builder(folder).configuration(json(), configuration.toString());
  }
}
