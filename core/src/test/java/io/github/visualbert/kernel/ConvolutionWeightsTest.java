package io.github.visualbert.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConvolutionWeightsTest {
  private static final int OUT = 19; // not a whole number of chunks
  private static final int IN = 7;

  private final Kernels kernels = new ScalarKernels();
  private final Arena arena = Arena.ofAuto();

  @Test
  void transformsWhenFirstNeededAndOnce() throws InterruptedException {
    AtomicInteger transformed = new AtomicInteger();
    SegmentAllocator counting =
        (bytes, alignment) -> {
          transformed.incrementAndGet();
          return arena.allocate(bytes, alignment);
        };
    ConvolutionWeights weights = ConvolutionWeights.winograd(kernels, weight(), counting);
    assertThat(weights.outFeatures()).isEqualTo(36 * OUT);
    assertThat(weights.inFeatures()).isEqualTo(IN);
    assertThat(transformed).hasValue(0);
    Set<LinearWeights> seen = ConcurrentHashMap.newKeySet();
    Thread[] callers = new Thread[8];
    try (Workers workers = Workers.of(2)) {
      for (int i = 0; i < callers.length; i++) {
        callers[i] = Thread.ofPlatform().start(() -> seen.add(weights.prepared(workers)));
      }
      for (Thread caller : callers) {
        caller.join();
      }
    }
    assertThat(seen).hasSize(1);
    assertThat(transformed).hasValue(1);
  }

  @Test
  void transformsToTheSameBitsOnAnyNumberOfWorkers() {
    try (Workers one = Workers.of(1);
        Workers three = Workers.of(3)) {
      float[] alone = Winograd.weights(weight(), arena, one).toFloatArray();
      assertThat(Winograd.weights(weight(), arena, three).toFloatArray()).isEqualTo(alone);
      assertThat(alone).hasSize(36 * OUT * IN);
    }
  }

  private Tensor weight() {
    Random random = new Random(1);
    float[] numbers = new float[OUT * IN * 9];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return new Tensor(
        DType.F32, new long[] {OUT, IN, 3, 3}, arena.allocateFrom(ValueLayout.JAVA_FLOAT, numbers));
  }
}
