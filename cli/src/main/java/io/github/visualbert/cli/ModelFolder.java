package io.github.visualbert.cli;

import io.github.visualbert.VisualBert;
import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that {@code --model} names. */
final class ModelFolder {
  private ModelFolder() {}

  /**
   * Checks that there is such a folder.
   *
   * @throws ModelException when there is none
   */
  static Path require(Path folder) {
    if (!Files.isDirectory(folder)) {
      String found = Files.exists(folder) ? "a file" : "no such folder";
      throw new ModelException(
          Kind.UNREADABLE, folder + ": expected a model folder, found " + found);
    }
    return folder;
  }

  /** Returns a builder for the model in a folder that must be there. */
  static VisualBertBuilder builder(Path folder) {
    return VisualBert.builder(require(folder));
  }
}
