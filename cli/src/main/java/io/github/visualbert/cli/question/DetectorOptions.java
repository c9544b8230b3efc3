package io.github.visualbert.cli.question;

import io.github.visualbert.VisualBert;
import io.github.visualbert.cli.detector.DetectorPictures;
import io.github.visualbert.cli.detector.RegionSettings;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.model.ModelLocation;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of commands that see pictures through an object detector. */
public final class DetectorOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--detector",
      paramLabel = "DIR",
      description =
          "Object detector that finds the regions of pictures; what the model's"
              + " preprocessor_config.json names by default.")
  private Path detector;

  @Option(
      names = "--feature-cache",
      paramLabel = "DIR",
      description = "Keep the regions of pictures there, and look there first.")
  private Path featureCache;

  /**
   * Returns what sees pictures for a model; empty for one that sees by itself.
   *
   * @param count how many pictures there are; 0 when that is not known
   * @throws ModelException when the detector's folder or the model's settings are invalid
   * @throws ParameterException when a cache is given, but no detector
   */
  public Optional<DetectorPictures> pictures(
      Path modelFolder, VisualBert model, ComputeOptions compute, int count) {
    Optional<RegionSettings> settings = RegionSettings.of(modelFolder, detector, model.trainedOn());
    if (settings.isEmpty() && featureCache != null) {
      throw new ParameterException(
          command.commandLine(),
          "--feature-cache keeps the regions of a detector; expected --detector, which the model"
              + " does not name");
    }
    return settings.map(
        known ->
            new DetectorPictures(
                known,
                model.config().visualEmbeddingDim(),
                builder ->
                    count < 1
                        ? compute.applyTo(builder)
                        : compute.applyTo(builder, known.detector().folder(), count),
                featureCache));
  }

  /**
   * Opens the tower that looks at the given regions of VCR: that of the model's own checkpoint,
   * unless another is named.
   *
   * @throws ModelException when there is none, or its features do not fit the model
   * @throws ParameterException when a cache is given, which is for detectors
   */
  public VcrTower tower(Path modelFolder, VisualBertConfig model, ComputeOptions compute) {
    if (featureCache != null) {
      throw new ParameterException(
          command.commandLine(),
          "--feature-cache keeps the regions that a detector finds; with --images they are given");
    }
    Path weights = detector == null ? modelFolder : ModelLocation.requireWeights(detector);
    VcrTower tower = compute.applyTo(VcrTower.builder(weights)).open();
    if (tower.featureDim() != model.visualEmbeddingDim()) {
      tower.close();
      throw new ModelException(
          Kind.MISMATCH,
          "%s: the tower's features have %d columns, the model's visual_embedding_dim is %d"
              .formatted(weights, tower.featureDim(), model.visualEmbeddingDim()));
    }
    return tower;
  }
}
