package io.github.visualbert.cli.question;

import io.github.visualbert.VisualBert;
import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.model.DemoModels;
import io.github.visualbert.cli.model.ModelLocation;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.Preset;
import io.github.visualbert.error.ModelException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of the model that a task is asked of. */
public final class ModelOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model folder; the demo model of the task by default.")
  private Path model;

  @Option(
      names = "--preset",
      paramLabel = "authors|hf",
      description =
          "Feed the model as its authors do or as transformers documents; what the model says by"
              + " default.")
  private String preset;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the model's answers: one a line, or JSON.")
  private Path labels;

  /**
   * Checks the options.
   *
   * @throws ParameterException when one is invalid
   */
  public void check() {
    if (preset != null && !Preset.names().contains(preset)) {
      throw usage("--preset is '" + preset + "', expected " + String.join(" or ", Preset.names()));
    }
  }

  /**
   * Returns the folder of the model.
   *
   * @throws ParameterException when none is given, and there is no demo model of the task
   * @throws ModelException when there is no such folder
   */
  public Path folder(TaskName task) {
    return model != null
        ? ModelLocation.require(model)
        : DemoModels.find(task)
            .orElseThrow(() -> usage("expected --model: there are no demo models here"));
  }

  /**
   * Opens the model with the head that a task needs.
   *
   * @param compute sets kernels and threads, given the folder
   * @throws ModelException when it has another head
   */
  public VisualBert open(
      TaskName task, BiFunction<VisualBertBuilder, Path, VisualBertBuilder> compute) {
    Path folder = folder(task);
    return task.open(folder, () -> builder(folder, compute));
  }

  /**
   * Opens the encoder of a model, whatever head it has.
   *
   * @param compute sets kernels and threads, given the folder
   * @throws ModelException when the model is invalid
   */
  public VisualBert openEncoder(
      Path folder, BiFunction<VisualBertBuilder, Path, VisualBertBuilder> compute) {
    return builder(folder, compute).head(HeadType.BASE).poolingLayer(false).open();
  }

  private VisualBertBuilder builder(
      Path folder, BiFunction<VisualBertBuilder, Path, VisualBertBuilder> compute) {
    VisualBertBuilder builder = compute.apply(VisualBert.builder(folder), folder);
    if (preset != null) {
      builder.preset(Preset.of(preset));
    }
    return labels == null ? builder : builder.labels(labels);
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
