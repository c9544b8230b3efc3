package io.github.visualbert.detect;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.kernel.Kernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RehearsalTest {
  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, true"})
  void runsEveryOperationOfEachNetwork(boolean grouped, boolean pyramid) {
    Kernels kernels = KernelSelection.select(KernelSelection.SCALAR).kernels();
    // What a kernel refuses would end a rehearsal in silence.
    assertThatCode(() -> new Rehearsal(kernels, grouped, pyramid).rehearse(2))
        .doesNotThrowAnyException();
  }
}
