package io.github.visualbert.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
  @TempDir private Path path;

  @Test
  void namesTheFilesOfADemoModel() {
    ModelFolder demo = new ModelFolder(Path.of(System.getProperty("testdata"), "demo", "vqa"));
    assertThat(demo.config()).isRegularFile();
    assertThat(demo.vocabulary()).isRegularFile();
    assertThat(demo.tokenizerConfig()).isRegularFile();
    assertThat(demo.preprocessorConfig()).isRegularFile();
    assertThat(demo.weights().orElseThrow()).isRegularFile();
    assertThat(demo.labels()).isEmpty();
  }

  @Test
  void takesTheFirstOfSeveral() throws IOException {
    ModelFolder folder = new ModelFolder(path);
    assertThat(folder.weights()).isEmpty();
    for (String name :
        new String[] {"labels.json", "labels.txt", "pytorch_model.bin", "model.safetensors"}) {
      Files.createFile(path.resolve(name));
    }
    assertThat(folder.labels()).contains(path.resolve("labels.txt"));
    assertThat(folder.weights()).contains(path.resolve("model.safetensors"));
  }
}
