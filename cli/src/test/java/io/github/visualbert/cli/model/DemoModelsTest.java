package io.github.visualbert.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.ask.TaskName;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoModelsTest {
  @ParameterizedTest
  @CsvSource({
    "VQA, vqa-regions",
    "NLVR2, nlvr2",
    "VCR, multiple-choice",
    "FLICKR, region-to-phrase",
    "PRETRAIN, pretraining",
    "ENCODE, pretraining"
  })
  void findsTheModelOfEveryTask(TaskName task, String folder) {
    assertThat(DemoModels.find(task))
        .hasValue(Path.of(System.getProperty("testdata")).resolve("demo").resolve(folder));
  }
}
