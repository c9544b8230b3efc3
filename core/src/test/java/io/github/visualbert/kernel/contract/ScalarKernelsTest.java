package io.github.visualbert.kernel.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.ScalarKernels;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ScalarKernelsTest {
  private static final Kernels KERNELS = new ScalarKernels();

  @Test
  void sayWhatTheyAre() {
    assertThat(KERNELS.provider()).isEqualTo("scalar");
    assertThat(KERNELS.description()).isNotBlank();
  }

  @Test
  void countTheMultiplyAddsOfTheirYardstick() {
    assertThat(KERNELS.multiplyAdds(1)).isPositive();
    assertThat(KERNELS.multiplyAdds(1000)).isEqualTo(1000 * KERNELS.multiplyAdds(1));
    assertThat(KERNELS.multiplyAdds(0)).isZero();
  }

  @Nested
  class Linear extends LinearContract {
    @Override
    protected Kernels kernels() {
      return KERNELS;
    }
  }

  @Nested
  class LayerNorm extends LayerNormContract {
    @Override
    protected Kernels kernels() {
      return KERNELS;
    }
  }

  @Nested
  class Attention extends AttentionContract {
    @Override
    protected Kernels kernels() {
      return KERNELS;
    }
  }

  @Nested
  class Convolutions extends ConvolutionContract {
    @Override
    protected Kernels kernels() {
      return KERNELS;
    }
  }

  @Nested
  class Pooling extends PoolingContract {
    @Override
    protected Kernels kernels() {
      return KERNELS;
    }
  }

  @Nested
  class WinogradConvolutions extends WinogradContract {
    @Override
    protected Kernels kernels() {
      return KERNELS;
    }
  }
}
