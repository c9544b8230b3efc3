package io.github.visualbert.simd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.kernel.KernelProvider;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.contract.AttentionContract;
import io.github.visualbert.kernel.contract.ConvolutionContract;
import io.github.visualbert.kernel.contract.LayerNormContract;
import io.github.visualbert.kernel.contract.LinearContract;
import io.github.visualbert.kernel.contract.PoolingContract;
import io.github.visualbert.kernel.contract.WinogradContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract, at the vector width and memory access that the build names for this run. */
class VectorKernelsTest {
  private static final Kernels KERNELS = VectorKernelsTest.create();

  private static Kernels create() {
    try {
      return new VectorKernelProvider().create();
    } catch (KernelProvider.UnavailableException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void areFoundAsAServiceOnModulePathAndClassPath() throws IOException {
    String service = KernelProvider.class.getName();
    String provider = VectorKernelProvider.class.getName();
    assertThat(VectorKernelProvider.class.getModule().getDescriptor().provides())
        .anySatisfy(
            provides -> {
              assertThat(provides.service()).isEqualTo(service);
              assertThat(provides.providers()).containsExactly(provider);
            });
    try (InputStream in =
        VectorKernelProvider.class.getResourceAsStream("/META-INF/services/" + service)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualToIgnoringNewLines(provider);
    }
  }

  /** Otherwise a run at the wrong width, or with other kernels, would go unnoticed. */
  @Test
  void areTheOnesThatThisRunIsFor() {
    int bits = Integer.getInteger("expected.vector.bits", 0);
    boolean absolute = Boolean.parseBoolean(System.getProperty("expected.memory.absolute"));
    assertThat(KERNELS.provider()).isEqualTo("simd");
    assertThat(Memory.ABSOLUTE).isEqualTo(absolute);
    if (bits == 0) {
      assertThat(Lanes.BITS).isBetween(128, 512);
    } else {
      assertThat(Lanes.BITS).isEqualTo(bits);
    }
    assertThat(KERNELS.description()).contains(Lanes.BITS + "-bit");
    assertThat(KERNELS.description().contains("--enable-native-access=io.github.visualbert.simd"))
        .isEqualTo(!absolute);
  }

  @Test
  void countTheMultiplyAddsOfTheFmaPeak() {
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
