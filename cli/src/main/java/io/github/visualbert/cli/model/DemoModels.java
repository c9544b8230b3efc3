package io.github.visualbert.cli.model;

import io.github.visualbert.ask.TaskName;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.stream.Stream;

/** The models that come with the program, one folder per task, beside the folder of its jars. */
public final class DemoModels {
  /** The system property that overrides the distribution's folder of models. */
  private static final String PROPERTY = "visualbert.models";

  private DemoModels() {}

  /** Returns the folder of a task's demo model; empty when there are no demo models here. */
  public static Optional<Path> find(TaskName task) {
    return folder().map(models -> models.resolve(name(task))).filter(Files::isDirectory);
  }

  /** Returns the folder of the demo detector; empty when it is not here. */
  public static Optional<Path> findDetector() {
    return folder().map(models -> models.resolve("detector")).filter(Files::isDirectory);
  }

  /** Returns the folder of the demo pictures; empty when they are not here. */
  public static Optional<Path> findPictures() {
    return folder()
        .flatMap(
            models ->
                Stream.of(models.resolve("images"), models.resolveSibling("pictures"))
                    .filter(Files::isDirectory)
                    .findFirst());
  }

  private static String name(TaskName task) {
    return switch (task) {
      case VQA -> "vqa-regions"; // through the detector
      case NLVR2 -> "nlvr2";
      case VCR -> "multiple-choice";
      case FLICKR -> "region-to-phrase";
      case PRETRAIN, ENCODE -> "pretraining"; // has the pooler that ENCODE needs
    };
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
      return Optional.empty(); // the classes are not in a file system
    }
  }
}
