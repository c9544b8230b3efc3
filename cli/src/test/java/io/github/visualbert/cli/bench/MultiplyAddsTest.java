package io.github.visualbert.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.Cli;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.forward.Forward;
import io.github.visualbert.kernel.AttentionSpan;
import io.github.visualbert.kernel.Engine;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.LinearWeights;
import io.github.visualbert.kernel.Matrix;
import io.github.visualbert.kernel.ScalarKernels;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.model.Head;
import io.github.visualbert.model.MultiplyAdds;
import io.github.visualbert.model.VisualBertModel;
import io.github.visualbert.weights.Checkpoint;
import java.lang.foreign.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares the count by formula with kernels that count their own work. */
class MultiplyAddsTest {
  private long counted;

  @ParameterizedTest
  @CsvSource({
    "base_text_visual_padded, 1, 5, 3",
    "base_text_visual_padded, 3, 2, 1",
    "base_text_only, 2, 7, 0",
    "qa_no_labels, 2, 6, 4",
    "choice_4_labels, 2, 6, 4",
    "reasoning_two_images, 2, 6, 4",
    "regions_labels, 2, 6, 4",
    "pretraining_both_labels, 2, 6, 4",
    "bypass_text_visual, 2, 6, 4",
    "bypass_text_visual, 2, 6, 0",
  })
  void areThoseTheKernelsDo(String golden, int batch, int text, int regions) {
    Path folder = Cli.GOLDENS.resolve("models").resolve(golden);
    VisualBertConfig config = VisualBertConfig.read(folder.resolve("config.json"));
    HeadType type = config.headType();
    try (Arena arena = Arena.ofShared();
        Checkpoint checkpoint = Checkpoint.open(folder, arena);
        Workers workers = Workers.of(1);
        Engine engine = new Engine(counting(), workers, () -> {})) {
      Architecture architecture = Architecture.of(config, type, true);
      VisualBertModel model = architecture.makeModel(engine.kernels(), checkpoint);
      Head head = architecture.makeHead(engine.kernels(), checkpoint);
      new Forward(engine, config, model, head)
          .run(BenchInputs.of(config, type, batch, text, regions), false, false);
    }
    if (type == HeadType.REGION_TO_PHRASE) { // its last products use no kernel
      counted += (long) batch * regions * (config.hiddenSize() / config.numAttentionHeads());
    }
    assertThat(new MultiplyAdds(config, type, batch, text, regions, BenchInputs.PHRASES).count())
        .isEqualTo(counted);
  }

  private Kernels counting() {
    Kernels scalar = new ScalarKernels();
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (proxy, method, arguments) -> {
              count(method, arguments);
              try {
                return method.invoke(scalar, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void count(Method method, Object[] arguments) {
    if (method.getName().equals("linear")) {
      LinearWeights weights = (LinearWeights) arguments[2];
      counted +=
          (long) ((Matrix) arguments[1]).rows() * weights.inFeatures() * weights.outFeatures();
    } else if (method.getName().equals("attention")) {
      long hidden = ((Matrix) arguments[1]).columns();
      for (Object span : (List<?>) arguments[5]) {
        AttentionSpan each = (AttentionSpan) span;
        counted += 2L * each.queries() * each.keys() * hidden; // scores, and sums of values
      }
    }
  }
}
