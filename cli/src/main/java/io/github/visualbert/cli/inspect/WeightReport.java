package io.github.visualbert.cli.inspect;

import io.github.visualbert.cli.console.ProgressBar;
import io.github.visualbert.cli.detector.TowerFacts;
import io.github.visualbert.cli.model.MemoryUse;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.detect.VcrTower;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.LoadAudit;
import io.github.visualbert.weights.Checkpoint;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The findings of {@code inspect} on a weight file or a model folder.
 *
 * @param file the weights, or the index of their shards
 * @param format how they are stored, in words
 * @param tensors all of them, in the order of the file
 * @param model the sizes, from the config.json beside the weights or derived from them; null when
 *     neither works
 * @param configured whether the sizes come from a config.json
 * @param unknown why there is no model; null when there is one
 * @param audit the weights against the sizes; null when there is no model
 * @param memory what the model occupies; null when there is no model
 * @param tower VCR's tower, which lies beside the model; null when there is none, or it does not
 *     fit
 * @param towerMisfit why the tower does not fit; null when it does, or there is none
 */
public record WeightReport(
    Path file,
    String format,
    Map<String, String> metadata,
    TensorList tensors,
    Architecture model,
    boolean configured,
    String unknown,
    LoadAudit audit,
    MemoryUse memory,
    TowerFacts tower,
    ModelException towerMisfit) {

  /**
   * Reads the weights, all elements included.
   *
   * @throws ModelException when the weights must not be used, or a folder is of no model
   */
  public static WeightReport of(Path fileOrFolder, ProgressBar progress) {
    try (Arena arena = Arena.ofShared();
        Checkpoint checkpoint = Checkpoint.open(fileOrFolder, arena)) {
      Path config =
          Files.isDirectory(fileOrFolder)
              ? fileOrFolder.resolve(ModelFolder.CONFIG)
              : fileOrFolder.resolveSibling(ModelFolder.CONFIG);
      boolean configured = Files.exists(config);
      boolean hasTower = VcrTower.isIn(fileOrFolder);
      Architecture model = null;
      String unknown = null;
      try {
        model =
            configured
                ? Architecture.stated(VisualBertConfig.read(config), checkpoint)
                : Architecture.recover(checkpoint, 0);
      } catch (ModelException e) { // weights of another model are still valid weights
        if (Files.isDirectory(fileOrFolder) && !hasTower) {
          throw e;
        }
        unknown = e.getMessage();
      }
      TowerFacts tower = null;
      ModelException towerMisfit = null;
      if (hasTower) {
        try {
          tower = TowerFacts.of(fileOrFolder);
        } catch (ModelException e) {
          towerMisfit = e;
        }
      }
      return new WeightReport(
          checkpoint.source().path(),
          checkpoint.source().format().description(),
          checkpoint.source().metadata(),
          TensorList.read(checkpoint.source(), progress),
          model,
          configured,
          unknown,
          model == null ? null : LoadAudit.of(checkpoint, model),
          model == null ? null : MemoryUse.of(checkpoint, model),
          tower,
          towerMisfit);
    }
  }

  /**
   * Checks that the model can be used, or the tower where there is no model.
   *
   * @throws ModelException that names everything that does not fit
   */
  void orThrow() {
    if (audit != null) {
      audit.orThrow();
    } else if (towerMisfit != null) {
      throw towerMisfit;
    }
  }
}
