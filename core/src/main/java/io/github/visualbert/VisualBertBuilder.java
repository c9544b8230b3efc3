package io.github.visualbert;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.Labels;
import io.github.visualbert.config.Preset;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.detect.RegionDetectorBuilder;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.kernel.ComputeSettings;
import io.github.visualbert.kernel.Engine;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.LoadAudit;
import io.github.visualbert.vision.FeatureOrigin;
import io.github.visualbert.weights.Checkpoint;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Opens a model with settings. Not thread-safe; every setting has a default.
 *
 * <table>
 * <caption>Defaults</caption>
 * <tr><th>head</th><td>the one {@code architectures} of config.json names</td></tr>
 * <tr><th>weights</th><td>what the folder holds</td></tr>
 * <tr><th>sizes</th><td>those of config.json; without it, those the weights tell, with heads of 64 features</td></tr>
 * <tr><th>preset</th><td>the one {@code preprocessor_config.json} names; {@link Preset#HF} when it names
 *     none, {@link Preset#AUTHORS} when there is no such file</td></tr>
 * <tr><th>labels</th><td>those of {@code labels.txt} or {@code labels.json} in the folder, else those
 *     of config.json, where published checkpoints name none</td></tr>
 * <tr><th>detector</th><td>the one {@code preprocessor_config.json} names, if it names one</td></tr>
 * <tr><th>provider</th><td>that of the system property {@code visualbert.provider}, else the fastest that runs here</td></tr>
 * <tr><th>threads</th><td>the available processors</td></tr>
 * </table>
 */
public final class VisualBertBuilder {
  private final ModelFolder folder;
  private HeadType headType;
  private Path weights;
  private boolean poolingLayer = true;
  private Preset preset;
  private List<String> labels;
  private Path labelFile;
  private ComputeSettings compute = ComputeSettings.standard();
  private RegionDetector detector;
  private Path detectorFolder;

  VisualBertBuilder(Path folder) {
    this.folder = new ModelFolder(folder);
  }

  /** Runs another head than config.json names; {@link HeadType#BASE} for none. */
  public VisualBertBuilder head(HeadType type) {
    this.headType = type;
    return this;
  }

  /** Takes the weights from this file, or shard index, instead of looking in the folder. */
  public VisualBertBuilder weights(Path file) {
    this.weights = file;
    return this;
  }

  /** Opens the model with or without its pooler. */
  public VisualBertBuilder poolingLayer(boolean wanted) {
    this.poolingLayer = wanted;
    return this;
  }

  /** Follows these conventions instead of those that the folder states. */
  public VisualBertBuilder preset(Preset conventions) {
    this.preset = conventions;
    return this;
  }

  /** Names the classes, as many as the model has. */
  public VisualBertBuilder labels(List<String> names) {
    this.labels = List.copyOf(names);
    return this;
  }

  /** Reads the names of the classes from a file, see {@link Labels#read}. */
  public VisualBertBuilder labels(Path file) {
    this.labelFile = file;
    return this;
  }

  /**
   * Sees pictures through a detector, which stays the caller's to close, after the model. Regions
   * get the columns of their boxes where the model expects six more columns than the detector has.
   */
  public VisualBertBuilder detector(RegionDetector open) {
    this.detector = open;
    return this;
  }

  /**
   * Sees pictures through the detector of a folder, which is opened and closed with the model. It
   * keeps {@linkplain RegionDetectorBuilder#detectionsOf as many regions} as the checkpoint was
   * trained on.
   */
  public VisualBertBuilder detector(Path detectorOfModel) {
    this.detectorFolder = detectorOfModel;
    return this;
  }

  /**
   * Computes with these kernels: {@code simd} or {@code scalar}, whatever the system property
   * {@code visualbert.provider} says; or {@code auto}, the default: those of the property, else the
   * fastest that run here.
   */
  public VisualBertBuilder provider(String name) {
    this.compute = compute.withProvider(name);
    return this;
  }

  /**
   * Sets the number of threads that compute a pass, its caller included. With 1 no thread is
   * started.
   */
  public VisualBertBuilder threads(int count) {
    this.compute = compute.withThreads(count);
    return this;
  }

  /**
   * Borrows helper threads from an executor instead of starting them; it stays the caller's to shut
   * down.
   */
  public VisualBertBuilder executor(Executor lender) {
    this.compute = compute.withExecutor(lender);
    return this;
  }

  /**
   * Opens the model.
   *
   * @throws ModelException when the folder cannot be used; the message names everything that is
   *     wrong with the weights
   * @throws IllegalArgumentException when a provider was asked for that does not run here
   */
  public VisualBert open() {
    Kernels kernels = compute.kernels();
    PreprocessorConfig preprocessor = PreprocessorConfig.read(folder, this::applyTo);
    VisualBertConfig stated =
        Files.exists(folder.config()) ? VisualBertConfig.read(folder.config()) : null;
    Workers workers = compute.workers();
    Arena arena = Arena.ofShared();
    Checkpoint checkpoint = null;
    try {
      Checkpoint opened = Checkpoint.open(weights != null ? weights : folder.path(), arena);
      checkpoint = opened;
      return opened
          .source()
          .reading(
              () ->
                  model(
                      stated,
                      opened,
                      new Engine(kernels, workers, opened.source()::checkUnchanged),
                      preprocessor,
                      arena));
    } catch (RuntimeException | Error e) {
      workers.close();
      if (checkpoint != null) {
        checkpoint.close();
      }
      arena.close();
      throw e;
    }
  }

  private VisualBert model(
      VisualBertConfig stated,
      Checkpoint checkpoint,
      Engine engine,
      PreprocessorConfig preprocessor,
      Arena arena) {
    VisualBertConfig config =
        stated != null ? stated : Architecture.recover(checkpoint, 0).config();
    HeadType type = headType != null ? headType : config.headType();
    Architecture architecture = Architecture.of(config, type, poolingLayer);
    LoadAudit audit = LoadAudit.of(checkpoint, architecture);
    audit.orThrow();
    List<String> names = labels(config);
    return new VisualBert(
        folder.path(),
        arena,
        checkpoint,
        engine,
        config,
        architecture.makeModel(engine.kernels(), checkpoint),
        type,
        architecture.makeHead(engine.kernels(), checkpoint),
        detector == null && detectorFolder == null
            ? preprocessor
            : preprocessor.withDetector(
                regionFeatures(config.visualEmbeddingDim(), preprocessor.trainedOn(type, config))),
        preset != null ? preset : preprocessor.preset(),
        names,
        audit.ignored());
  }

  private RegionDetectorBuilder applyTo(RegionDetectorBuilder builder) {
    return builder
        .provider(compute.provider())
        .threads(compute.threads())
        .executor(compute.executor());
  }

  private RegionFeatures regionFeatures(int columns, Optional<FeatureOrigin> trainedOn) {
    if (detector != null) {
      return RegionFeatures.of(detector, hasBoxColumns(detector, columns));
    }
    RegionDetectorBuilder builder = RegionDetector.builder(detectorFolder);
    trainedOn.ifPresent(builder::detectionsOf);
    RegionDetector opened = applyTo(builder).open();
    return RegionFeatures.opening(() -> opened, hasBoxColumns(opened, columns));
  }

  private static boolean hasBoxColumns(RegionDetector detector, int columns) {
    return columns == detector.featureDim() + Detection.BOX_COLUMNS.size();
  }

  private List<String> labels(VisualBertConfig config) {
    if (labelFile != null) {
      return Labels.read(labelFile, config.numLabels());
    }
    if (labels == null) {
      return folder
          .labels()
          .map(file -> Labels.read(file, config.numLabels()))
          .orElse(config.labels());
    }
    if (labels.size() != config.numLabels()) {
      throw new IllegalArgumentException(
          "%d labels are given, the model has %d classes"
              .formatted(labels.size(), config.numLabels()));
    }
    return labels;
  }
}
