package io.github.visualbert.cli.hub;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.ModelException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileChoiceTest {
  @Test
  void aLargeIndexIsRefused(@TempDir Path folder) throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "rw")) {
      file.setLength(3L << 30);
    }
    assertThatThrownBy(() -> FileChoice.shards(index, new TreeSet<>()))
        .isInstanceOf(ModelException.class)
        .hasMessage(index + ": expected an index of at most 100000000 bytes, found 3221225472");
  }
}
