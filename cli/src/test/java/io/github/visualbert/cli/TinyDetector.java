package io.github.visualbert.cli;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small detectors of the golden data as folders of their published files. */
public final class TinyDetector {
  private TinyDetector() {}

  /** Returns the picture of a case. */
  public static Path image(String name) {
    return folder(name).resolve("image.png");
  }

  private static Path folder(String name) {
    return Cli.GOLDENS.resolve("detectors/cases").resolve(name);
  }

  /**
   * Makes the folder of a detector: its configuration in YAML and its weights, under the names that
   * they were published by.
   *
   * @param name of the case
   * @param parent gets a folder of that name
   */
  public static Path publish(String name, Path parent) throws IOException {
    Path target = Files.createDirectories(parent.resolve(name));
    JsonObject described = Json.parseObject(Files.readAllBytes(folder(name).resolve("case.json")));
    for (String key : new String[] {"config", "weights"}) {
      String file = described.getString(key);
      Files.copy(folder(name).resolve(file), target.resolve(file));
    }
    return target;
  }
}
