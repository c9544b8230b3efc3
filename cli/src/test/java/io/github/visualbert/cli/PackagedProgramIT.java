package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The distribution, used as a user would. */
class PackagedProgramIT {
  @Test
  void saysItsVersion() {
    Program.Result result = Program.run("--version");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).matches("visualbert \\d+\\.\\d+\\.\\d+\\S*\\R");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void explainsItself() {
    Program.Result result = Program.run("--help");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("Usage: visualbert");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    Program.Result result = Program.run("paint");
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.exitCode()).isEqualTo(2);
  }

  @Test
  void bringsTheDemoModelsAndPictures() {
    for (String task : new String[] {"vqa", "nlvr2", "multiple-choice", "region-to-phrase", "pretraining"}) {
      for (String file :
          new String[] {
            "config.json", "model.safetensors", "preprocessor_config.json", "tokenizer_config.json", "vocab.txt"
          }) {
        assertThat(Program.HOME.resolve("models").resolve(task).resolve(file)).isRegularFile();
      }
    }
    for (int scene = 1; scene <= 8; scene++) {
      assertThat(Program.HOME.resolve("pictures/scene-" + scene + ".png")).isRegularFile();
    }
  }

  @Test
  void launchersAreExecutable() {
    assertThat(Files.isExecutable(Program.HOME.resolve("bin/visualbert"))).isTrue();
    assertThat(Program.HOME.resolve("bin/visualbert.cmd")).exists();
  }
}
