package io.github.visualbert.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KernelSelectionTest {
  @Test
  void theScalarKernelsAreAlwaysThere() {
    KernelSelection selection = KernelSelection.select(KernelSelection.SCALAR);
    assertThat(selection.kernels()).isInstanceOf(ScalarKernels.class);
    assertThat(selection.refusals()).isEmpty();
  }

  /** The tests of core run without the module that has other kernels. */
  @Test
  void autoEndsWithScalarKernelsWhereThereAreNoOthers() {
    assertThat(KernelSelection.select(KernelSelection.AUTO).kernels().provider())
        .isEqualTo("scalar");
  }

  @Test
  void aNamedProviderIsNeverReplacedByAnother() {
    assertThatThrownBy(() -> KernelSelection.select("simd"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("provider simd cannot compute here: there is none");
    assertThatThrownBy(() -> KernelSelection.select("gpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gpu");
  }
}
