package io.github.visualbert.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class TorchNameTest {
  @Test
  void admitsEveryNameThatTorchAdmits() throws IOException {
    assertThat(
            Files.readAllLines(Goldens.ROOT.resolveSibling("checkpoints/weights-only-names.txt")))
        .hasSize(144)
        .allSatisfy(
            name -> {
              int dot = name.lastIndexOf('.');
              assertThat(TorchName.find(name.substring(0, dot), name.substring(dot + 1)))
                  .as(name)
                  .isNotNull();
            });
  }

  @Test
  void knowsTheNamesOfPython2() {
    assertThat(TorchName.find("__builtin__", "set")).isNotNull();
    assertThat(TorchName.find("__builtin__", "complex")).isNotNull();
    assertThat(TorchName.find("__builtin__", "getattr")).isNull();
  }
}
