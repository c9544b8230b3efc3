package io.github.visualbert.cli.inspect;

import io.github.visualbert.cli.console.ProgressBar;
import io.github.visualbert.cli.model.MemoryUse;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.LoadAudit;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.weights.Checkpoint;
import io.github.visualbert.weights.NumberScan;
import io.github.visualbert.weights.TensorInfo;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
 */
public record WeightReport(
    Path file,
    String format,
    Map<String, String> metadata,
    List<Entry> tensors,
    Architecture model,
    boolean configured,
    String unknown,
    LoadAudit audit,
    MemoryUse memory) {

  /**
   * One tensor.
   *
   * @param numbers statistics of the elements; null unless they are floating-point numbers
   */
  record Entry(TensorInfo info, NumberScan numbers) {
    boolean isFinite() {
      return numbers == null || numbers.isFinite();
    }
  }

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
      Architecture model = null;
      String unknown = null;
      try {
        model =
            configured
                ? Architecture.stated(VisualBertConfig.read(config), checkpoint)
                : Architecture.recover(checkpoint, 0);
      } catch (ModelException e) { // weights of another model are still valid weights
        if (Files.isDirectory(fileOrFolder)) {
          throw e;
        }
        unknown = e.getMessage();
      }
      return new WeightReport(
          checkpoint.source().path(),
          checkpoint.source().format().description(),
          checkpoint.source().metadata(),
          tensors(checkpoint, progress),
          model,
          configured,
          unknown,
          model == null ? null : LoadAudit.of(checkpoint, model),
          model == null ? null : MemoryUse.of(checkpoint, model));
    }
  }

  private static List<Entry> tensors(Checkpoint checkpoint, ProgressBar progress) {
    List<Entry> tensors = new ArrayList<>();
    long all = 0;
    for (String name : checkpoint.source().names()) {
      all += checkpoint.source().info(name).byteSize();
    }
    long done = 0;
    for (String name : checkpoint.source().names()) {
      TensorInfo info = checkpoint.source().info(name);
      boolean real = info.supportedDType().map(DType::isFloatingPoint).orElse(false);
      tensors.add(new Entry(info, real ? numbers(checkpoint.source(), name) : null));
      done += info.byteSize();
      progress.show((double) done / Math.max(all, 1), "reading");
    }
    return tensors;
  }

  private static NumberScan numbers(TensorSource source, String name) {
    return source.reading(() -> NumberScan.of(source.tensor(name)));
  }

  /** Returns how many bytes the numbers of all tensors take. */
  public long bytes() {
    long bytes = 0;
    for (Entry tensor : tensors) {
      bytes += tensor.info().byteSize();
    }
    return bytes;
  }

  /** Returns how many numbers there are in all tensors. */
  long numbers() {
    long numbers = 0;
    for (Entry tensor : tensors) {
      numbers += tensor.info().elementCount();
    }
    return numbers;
  }

  /** Returns the element types and how many tensors have each. */
  Map<String, Integer> dtypes() {
    Map<String, Integer> dtypes = new TreeMap<>();
    for (Entry tensor : tensors) {
      dtypes.merge(tensor.info().dtype(), 1, Integer::sum);
    }
    return dtypes;
  }

  /** Returns the names of tensors that hold NaN or infinity. */
  List<String> notFinite() {
    List<String> names = new ArrayList<>();
    for (Entry tensor : tensors) {
      if (!tensor.isFinite()) {
        names.add(tensor.info().name());
      }
    }
    return names;
  }
}
