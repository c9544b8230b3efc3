package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.FileFormat;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.internal.file.ModelFolder;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the weights in a folder and tells the format of a file by its first bytes. */
final class WeightFiles {
  /** Enough to tell a format by. */
  private static final int HEAD_BYTES = 1024;

  private static final int MAX_SHOWN = 5;

  /** What weights are called by other names, and by other frameworks. */
  private static final Pattern WEIGHTS_OF_ANYBODY =
      Pattern.compile(
          ".*\\.(bin|ckpt|gguf|h5|keras|msgpack|npz|onnx|pb|pdparams|pkl|pt|pth|safetensors|tflite|th|zip)",
          Pattern.CASE_INSENSITIVE);

  private WeightFiles() {}

  static TensorSource open(Path fileOrFolder, Arena arena) {
    Path path = Files.isDirectory(fileOrFolder) ? findIn(fileOrFolder) : fileOrFolder;
    return path.toString().endsWith(ModelFolder.INDEX_ENDING)
        ? ShardedFiles.open(path, arena)
        : openFile(path, arena);
  }

  /** Opens a file that holds tensors itself, which an index does not. */
  static TensorSource openFile(Path path, Arena arena) {
    MappedFile file = MappedFile.open(path, arena);
    try {
      return read(file, arena);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static TensorSource read(MappedFile file, Arena arena) {
    byte[] head = file.read(0, (int) Math.min(HEAD_BYTES, file.size()));
    FileFormat format = FileFormat.of(head);
    if (head.length > 8 && head[8] == '{'
        || format == FileFormat.UNKNOWN && file.path().toString().endsWith(".safetensors")) {
      return new SafetensorsFile(file);
    }
    if (head.length > 4 && head[0] == 'P' && head[1] == 'K') {
      return TorchZip.read(file, arena);
    }
    if (head.length > 2 && head[0] == (byte) 0x80 && head[1] <= 5) {
      return TorchLegacy.isAtStartOf(head)
          ? TorchLegacy.read(file, arena)
          : NumpyPickle.read(file, arena);
    }
    if (NumpyPickle.isText(head)) {
      return NumpyPickle.read(file, arena);
    }
    throw file.malformed(
        "expected safetensors or a file of torch.save, found " + FileFormat.describe(head));
  }

  private static Path findIn(Path folder) {
    Optional<Path> usual = new ModelFolder(folder).weights();
    if (usual.isPresent()) {
      return usual.get();
    }
    List<Path> others = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (WEIGHTS_OF_ANYBODY.matcher(file.getFileName().toString()).matches()
            && Files.isRegularFile(file)) {
          others.add(file);
        }
      }
      List<Path> originals = others.stream().filter(WeightFiles::isOriginal).toList();
      if (originals.size() == 1) {
        return originals.getFirst();
      }
      throw new ModelException(
          Kind.UNREADABLE,
          "%s: expected %s or one *.th, *.pth or *.pkl file, found %s"
              .formatted(folder, String.join(", ", ModelFolder.WEIGHTS), instead(others)));
    } catch (IOException e) {
      throw new ModelException(
          Kind.UNREADABLE, "%s: cannot be read (%s)".formatted(folder, InputFiles.reason(e)), e);
    }
  }

  private static boolean isOriginal(Path file) {
    return ModelFolder.ORIGINALS.stream().anyMatch(file.toString()::endsWith);
  }

  /** Says what there is instead, and what could be made of it. */
  private static String instead(List<Path> others) throws IOException {
    if (others.isEmpty()) {
      return "none of them";
    }
    List<String> found = new ArrayList<>();
    for (Path other : others.stream().sorted().limit(MAX_SHOWN).toList()) {
      try (InputStream in = Files.newInputStream(other)) {
        String format = FileFormat.describe(in.readNBytes(HEAD_BYTES));
        found.add("%s (%s)".formatted(other.getFileName(), format));
      }
    }
    if (others.size() > MAX_SHOWN) {
      found.add("%d more".formatted(others.size() - MAX_SHOWN));
    }
    return String.join(", ", found)
        + "; `visualbert convert FILE FOLDER` makes a model of a file of torch.save or safetensors"
        + " by another name";
  }
}
