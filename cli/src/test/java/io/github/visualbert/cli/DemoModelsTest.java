package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoModelsTest {
  @ParameterizedTest
  @ValueSource(strings = {"vqa", "nlvr2", "multiple-choice", "region-to-phrase", "pretraining"})
  void findsEveryTasksModel(String name) {
    assertThat(DemoModels.find(name))
        .hasValue(Path.of(System.getProperty("testdata")).resolve("demo").resolve(name));
  }

  @Test
  void findsNothingElse() {
    assertThat(DemoModels.find("photographs")).isEmpty();
  }
}
