package io.github.visualbert.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/** The models that come with the program, one folder per task, beside the folder of its jars. */
final class DemoModels {
  /** Names the folder that holds the models, where it is not the distribution's. */
  private static final String PROPERTY = "visualbert.models";

  private DemoModels() {}

  /**
   * Returns the folder of a demo model.
   *
   * @param name {@code vqa}, {@code nlvr2}, {@code multiple-choice}, {@code region-to-phrase} or
   *     {@code pretraining}
   * @return empty when the program does not run from its distribution
   */
  static Optional<Path> find(String name) {
    return folder().map(models -> models.resolve(name)).filter(Files::isDirectory);
  }

  private static Optional<Path> folder() {
    String given = System.getProperty(PROPERTY);
    if (given != null) {
      return Optional.of(Path.of(given));
    }
    CodeSource source = DemoModels.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      return Optional.empty();
    }
    try {
      Path jar = Path.of(source.getLocation().toURI()); // <home>/lib/visualbert-cli.jar
      return Optional.of(jar.resolveSibling("../models").normalize());
    } catch (URISyntaxException | RuntimeException e) {
      return Optional.empty(); // the classes lie in no folder of any file system
    }
  }
}
