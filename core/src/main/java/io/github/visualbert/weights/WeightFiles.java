package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the weights in a folder and tells the format of a file by its first bytes. */
final class WeightFiles {
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
    byte[] start = file.read(0, (int) Math.min(9, file.size()));
    if (file.path().toString().endsWith(".safetensors") || (start.length > 8 && start[8] == '{')) {
      return new SafetensorsFile(file);
    }
    if (start.length > 4 && start[0] == 'P' && start[1] == 'K') {
      return TorchZip.read(file, arena);
    }
    if (start.length > 2 && start[0] == (byte) 0x80 && start[1] <= 5) {
      return TorchLegacy.read(file, arena);
    }
    throw file.malformed("neither safetensors nor a file of torch.save");
  }

  private static Path findIn(Path folder) {
    Optional<Path> usual = new ModelFolder(folder).weights();
    if (usual.isPresent()) {
      return usual.get();
    }
    List<Path> originals = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.th")) {
      files.forEach(originals::add);
    } catch (IOException e) {
      throw new ModelException(Kind.UNREADABLE, folder + ": cannot be read: " + e, e);
    }
    if (originals.size() == 1) {
      return originals.getFirst();
    }
    String found = originals.isEmpty() ? "none of them" : originals.size() + " *.th files";
    throw new ModelException(
        Kind.UNREADABLE,
        "%s: expected %s or one *.th file, found %s"
            .formatted(folder, String.join(", ", ModelFolder.WEIGHTS), found));
  }
}
