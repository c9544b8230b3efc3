package io.github.visualbert.cli.serve.model;

import io.github.visualbert.internal.file.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The size and the date of the weight files of a model, for operators.
 *
 * @param bytes of the files, which are mapped
 * @param date of the newest
 */
public record WeightFiles(long bytes, Instant date) {
  private static final List<String> SHARDS = List.of(".safetensors", ".bin");

  /** Looks at the weights of a folder; none where they cannot be looked at. */
  static WeightFiles of(Path folder) {
    long bytes = 0;
    Instant newest = Instant.EPOCH;
    try {
      for (Path file : files(folder)) {
        bytes += Files.size(file);
        Instant date = Files.getLastModifiedTime(file).toInstant();
        newest = date.isAfter(newest) ? date : newest;
      }
      return new WeightFiles(bytes, newest);
    } catch (IOException e) {
      return new WeightFiles(0, Instant.EPOCH); // the model that is open still answers
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    Path weights = new ModelFolder(folder).weights().orElse(null);
    if (weights == null) {
      return List.of();
    }
    if (!weights.toString().endsWith(ModelFolder.INDEX_ENDING)) {
      return List.of(weights);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> SHARDS.stream().anyMatch(file.toString()::endsWith)).toList();
    }
  }
}
