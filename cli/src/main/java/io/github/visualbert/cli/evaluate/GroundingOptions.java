package io.github.visualbert.cli.evaluate;

import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.file.OutputFile;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of {@code evaluate --task grounding}, besides those of the model. */
final class GroundingOptions {
  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "grounding: the pictures, named as in the annotations.")
  private Path images;

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description = "grounding: region features with boxes instead, of pictures by name.")
  private Path features;

  @Option(
      names = "--dependencies",
      paramLabel = "FILE",
      description = "grounding: dependencies of the captions, CoNLL-U, to measure relations too.")
  private Path dependencies;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "grounding: draw accuracy by layer, a dot for each head, as .svg.")
  private Path plot;

  /**
   * Checks the options.
   *
   * @param inputs further files that the command reads, or nulls
   * @throws ParameterException when they are invalid
   */
  void check(ConsoleCommand command, Path... inputs) {
    if ((images == null) == (features == null)) {
      throw command.usage("grounding needs --images or --features, one of them");
    }
    if (plot == null) {
      return;
    }
    OutputFile.require(command.spec(), "--plot", plot, inputs);
    OutputFile.require(command.spec(), "--plot", plot, features, dependencies);
    if (!plot.toString().endsWith(".svg")) {
      throw command.usage("--plot " + plot + ": expected a name ending in .svg");
    }
  }

  /** Returns the pictures, without reading any. */
  GroundingPictures pictures() {
    return images != null
        ? GroundingPictures.inFolder(images)
        : GroundingPictures.inFeatures(features);
  }

  /** Returns the file of dependencies, or null. */
  Path dependencies() {
    return dependencies;
  }

  /** Returns the file to draw, or null. */
  Path plot() {
    return plot;
  }
}
