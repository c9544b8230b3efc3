package io.github.visualbert.spark;

import io.github.visualbert.VisualBert;
import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.config.Preset;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model and how it is opened, the same on every node. Equal settings share one open model.
 *
 * @param model its folder, as {@link NodeFiles} finds it
 * @param detector the folder of a detector, or null for what the model says
 * @param preset or null for what the model says
 * @param labels the file of the answers' names, or null
 * @param provider of the kernels, or {@code auto}
 */
record ModelSettings(
    TaskName task, String model, String detector, String preset, String labels, String provider)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Reads the settings of a task.
   *
   * @throws IllegalArgumentException when no model is named, or a value is invalid
   */
  static ModelSettings of(TaskName task, OptionMap options) {
    String model = options.text("model");
    String preset = options.text("preset");
    if (preset != null && !Preset.names().contains(preset)) {
      throw options.refusal("preset", preset, String.join(" or ", Preset.names()));
    }
    ModelSettings settings =
        new ModelSettings(
            task,
            model,
            options.text("detector"),
            preset,
            options.text("labels"),
            provider(options));
    if (model == null) {
      throw new IllegalArgumentException(
          "task %s: no model; set spark.visualbert.model or spark.visualbert.%s.model to its folder"
              .formatted(task, task));
    }
    return settings;
  }

  static String provider(OptionMap options) {
    String provider = options.text("provider");
    return provider == null ? "auto" : provider;
  }

  /**
   * Opens the model on this node.
   *
   * @param kernels the provider
   * @throws ModelException when there is none, or it is invalid
   */
  VisualBert open(String kernels, int threads) {
    Path folder = folder(model);
    return task.open(folder, () -> builder(folder, kernels, threads));
  }

  private VisualBertBuilder builder(Path folder, String kernels, int threads) {
    VisualBertBuilder builder = VisualBert.builder(folder).provider(kernels).threads(threads);
    if (detector != null) {
      builder.detector(folder(detector));
    }
    if (preset != null) {
      builder.preset(Preset.of(preset));
    }
    if (labels != null) {
      builder.labels(NodeFiles.find(labels));
    }
    return builder;
  }

  /**
   * Returns a folder on this node.
   *
   * @throws ModelException when it is not there
   */
  static Path folder(String name) {
    Path folder = NodeFiles.find(name);
    if (!Files.isDirectory(folder)) {
      throw new ModelException(
          Kind.UNREADABLE,
          "%s: expected a model folder, found no such folder on this node; it must be at this path on every node, or shipped with --archives"
              .formatted(name));
    }
    return folder;
  }
}
