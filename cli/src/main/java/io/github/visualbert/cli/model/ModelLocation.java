package io.github.visualbert.cli.model;

import io.github.visualbert.VisualBert;
import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.cli.hub.HubCache;
import io.github.visualbert.cli.hub.HubEnvironment;
import io.github.visualbert.cli.hub.HubName;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder that {@code --model} names: a path, or where there is no such folder, a model of the
 * hub in the cache. Nothing is downloaded.
 */
public final class ModelLocation {
  private ModelLocation() {}

  /**
   * Finds the folder.
   *
   * @param model a path, or the name of a model as {@code pull} takes it
   * @throws ModelException when there is none
   */
  public static Path require(Path model) {
    return Files.isDirectory(model) ? model : require(model, HubEnvironment.ofProcess());
  }

  /**
   * Finds weights: a file or folder, or the folder of a model of the hub.
   *
   * @throws ModelException when there is none
   */
  public static Path requireWeights(Path weights) {
    return Files.exists(weights) ? weights : require(weights);
  }

  public static Path require(Path model, HubEnvironment environment) {
    if (Files.isDirectory(model)) {
      return model;
    }
    if (Files.exists(model)) {
      throw new ModelException(
          Kind.UNREADABLE,
          model
              + ": expected a model folder, found a file; `visualbert convert FILE FOLDER` makes a"
              + " folder of weights");
    }
    if (InputFiles.isUrl(model)) {
      throw new ModelException(
          Kind.UNREADABLE,
          model
              + ": expected a path or the name of a model, found a URL; 'visualbert pull"
              + " OWNER/MODEL' fetches a model of the hub");
    }
    HubName name =
        HubName.ofPath(model)
            .orElseThrow(
                () ->
                    new ModelException(
                        Kind.UNREADABLE,
                        model + ": expected a model folder, found no such folder"));
    return new HubCache(environment, name.repository())
        .find(name.revision())
        .orElseThrow(
            () ->
                new ModelException(
                    Kind.UNREADABLE,
                    "%s: no such folder, and not in the cache %s; to fetch the model of that name from the hub, run 'visualbert pull %s'"
                        .formatted(model, environment.cache(), name)));
  }

  /** Returns a builder for the model in a folder; throws as {@link #require(Path)} does. */
  public static VisualBertBuilder builder(Path model) {
    return VisualBert.builder(require(model));
  }
}
