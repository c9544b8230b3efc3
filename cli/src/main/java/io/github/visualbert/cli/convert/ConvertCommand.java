package io.github.visualbert.cli.convert;

import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.ProgressBar;
import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.cli.model.ModelLocation;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.Checkpoint;
import io.github.visualbert.weights.ElementCast;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorInfo;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code visualbert convert}: any checkpoint to one safetensors file with the names of
 * transformers.
 */
@Command(
    name = "convert",
    description = {
      "Write a checkpoint as one safetensors file, with the names of transformers.",
      "The checkpoint is of torch.save or safetensors, whole or sharded."
    },
    footer = {
      "",
      "Where OUT is a folder, config.json, the vocabulary and the settings of tokenizer and"
          + " pictures",
      "go there too. Of a detector, config.json is made of the published YAML, and the label files"
          + " are copied.",
      "",
      "Examples:",
      "  visualbert convert pytorch_model.bin model.safetensors --dtype f16",
      "  visualbert convert DIR NEW-DIR --vocab vocab.txt --labels answers.txt"
    })
public final class ConvertCommand extends ConsoleCommand {
  private static final String ENDING = ".safetensors";

  /** Part of the names of a detector's stored anchors. */
  private static final String ANCHORS = ".cell_anchors.";

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description =
          "Weights, the index of shards, or a model: its folder, or its name in the cache of pull.")
  private Path in;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "A file that ends in .safetensors, or a new folder.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "f32|f16|bf16",
      converter = DTypeConverter.class,
      description = "Round floating-point numbers to this type; they stay as they are by default.")
  private DType dtype;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Write these names of the answers into config.json.")
  private Path labels;

  @Option(
      names = "--vocab",
      paramLabel = "FILE",
      description = "Copy this vocabulary into the folder.")
  private Path vocab;

  /** Parses the names of element types. */
  static final class DTypeConverter implements ITypeConverter<DType> {
    @Override
    public DType convert(String value) {
      return switch (value) {
        case "f32" -> DType.F32;
        case "f16" -> DType.F16;
        case "bf16" -> DType.BF16;
        default ->
            throw new TypeConversionException("expected f32, f16 or bf16, found '" + value + "'");
      };
    }
  }

  @Override
  public Integer call() {
    boolean toFile = out.toString().endsWith(ENDING);
    if (toFile && (labels != null || vocab != null)) {
      throw usage("--labels and --vocab go with a folder for OUT");
    }
    OutputFile.require(
        spec(), "OUT", toFile ? out : out.resolveSibling(out.getFileName() + ENDING));
    if (!toFile && Files.exists(out, LinkOption.NOFOLLOW_LINKS)) {
      throw usage("OUT " + out + ": exists already, expected a new folder");
    }
    if (sameFile()) {
      throw usage("IN and OUT are the same file");
    }
    Path weightsIn = ModelLocation.requireWeights(in);
    Optional<DetectorFolder> detector = DetectorFolder.find(weightsIn);
    if (detector.isPresent()) {
      convert(detector.get(), toFile);
      return ExitCode.OK;
    }
    try (Arena arena = Arena.ofShared();
        Checkpoint checkpoint = Checkpoint.open(weightsIn, arena)) {
      SafetensorsWriter weights = new SafetensorsWriter().metadata("format", "pt");
      int tensors = add(checkpoint, weights);
      if (toFile) {
        write(weights, checkpoint.source(), out);
      } else {
        ModelFiles files = ModelFiles.of(weightsIn, checkpoint, labels, vocab);
        files.writeWith(
            out, folder -> write(weights, checkpoint.source(), folder.resolve("model" + ENDING)));
      }
      report(tensors, weights);
    }
    return ExitCode.OK;
  }

  private void report(int tensors, SafetensorsWriter weights) {
    out()
        .println(
            "%s: %d tensors, %.1f MiB".formatted(out, tensors, weights.byteSize() / 1048576.0));
  }

  /** Converts a detector, whose tensors keep their published names. */
  private void convert(DetectorFolder detector, boolean toFile) {
    if (labels != null || vocab != null) {
      throw usage("--labels and --vocab are of language models, found the detector " + in);
    }
    detector.builder().provider(KernelSelection.SCALAR).threads(1).open().close(); // does it fit?
    try (Arena arena = Arena.ofShared();
        TensorSource source = TensorSource.open(detector.folder(), arena)) {
      SafetensorsWriter weights = new SafetensorsWriter().metadata("format", "pt");
      for (String name : source.names()) {
        if (name.contains(ANCHORS)) {
          weights.add(name, source.tensor(name)); // half precision cannot hold their halves
        } else {
          add(name, source.tensor(name), weights);
        }
      }
      if (toFile) {
        write(weights, source, out);
      } else {
        ModelFiles.of(detector)
            .writeWith(out, folder -> write(weights, source, folder.resolve("model" + ENDING)));
      }
      report(source.names().size(), weights);
    }
  }

  private boolean sameFile() {
    try {
      return Files.exists(out) && Files.isSameFile(in, out);
    } catch (IOException e) {
      return false; // IN is missing: opening it reports that
    }
  }

  /**
   * Adds the parameters under their names in transformers, and an image tower under its own. Tied
   * parameters are written once, with the alias in the metadata, as transformers does.
   */
  private int add(Checkpoint checkpoint, SafetensorsWriter weights) {
    Map<Long, String> written = new HashMap<>();
    List<String> names = new ArrayList<>(checkpoint.names());
    for (String name : names) {
      TensorInfo info = checkpoint.info(name);
      Tensor tensor = checkpoint.source().tensor(info.name());
      long address = tensor.data().address();
      String other = tensor.elementCount() == 0 ? null : written.putIfAbsent(address, name);
      if (other != null && sameType(checkpoint.info(other), info)) {
        weights.metadata(name, other);
      } else {
        add(name, tensor, weights);
      }
    }
    for (String name : checkpoint.detectorNames()) {
      add(name, checkpoint.source().tensor(name), weights);
      names.add(name);
    }
    if (!checkpoint.clashes().isEmpty()) {
      throw new ModelException(
          Kind.MISMATCH, in + ": ambiguous: " + String.join("; ", checkpoint.clashes()));
    }
    if (names.isEmpty()) {
      throw new ModelException(Kind.MISMATCH, in + ": holds no tensors");
    }
    return names.size();
  }

  private static boolean sameType(TensorInfo one, TensorInfo other) {
    return one.shape().equals(other.shape()) && one.dtype().equals(other.dtype());
  }

  private void add(String name, Tensor tensor, SafetensorsWriter weights) {
    if (dtype == null || !tensor.dtype().isFloatingPoint()) {
      weights.add(name, tensor);
    } else {
      weights.add(name, dtype, tensor.shape(), () -> ElementCast.cast(name, tensor, dtype));
    }
  }

  private void write(SafetensorsWriter weights, TensorSource source, Path target) {
    try (ProgressBar progress = ProgressBar.on(err())) {
      double all = Math.max(weights.byteSize(), 1);
      source.reading(
          () -> {
            try {
              weights.write(
                  target,
                  written -> {
                    source.checkUnchanged(); // a source that was cut short would read as zeros
                    progress.show(written / all, "writing");
                  });
            } catch (IOException e) {
              source.checkUnchanged(); // a source that was cut short fails the write, too
              throw new OutputException(target, e);
            }
            return target;
          });
    }
  }
}
