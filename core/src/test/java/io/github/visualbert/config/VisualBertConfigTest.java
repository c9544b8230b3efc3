package io.github.visualbert.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.TestData;
import io.github.visualbert.error.ModelException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisualBertConfigTest {
  @Test
  void aLargeFileIsRefused(@TempDir Path folder) {
    Path file = TestData.sparse(folder.resolve("config.json"), 3L << 30);
    assertThatThrownBy(() -> VisualBertConfig.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            file + ": expected a model configuration of at most 67108864 bytes, found 3221225472");
  }

  @Test
  void anAbsentFileIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("config.json");
    assertThatThrownBy(() -> VisualBertConfig.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessage(file + ": expected a model configuration, found no such file");
  }
}
