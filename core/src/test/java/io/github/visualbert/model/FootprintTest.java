package io.github.visualbert.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.KernelSelection;
import io.github.visualbert.kernel.Kernels;
import io.github.visualbert.kernel.Workers;
import io.github.visualbert.kernel.Workspace;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.Checkpoint;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FootprintTest {
  private static final Path MODELS = Path.of(System.getProperty("testdata"), "goldens/models");
  private static final int TEXT = 9;

  @ParameterizedTest
  @ValueSource(strings = {"qa_labels", "bypass_text_visual", "base_head64_visual2048"})
  void statesTheScratchThatPassesTake(String name) {
    Path folder = MODELS.resolve(name);
    VisualBertConfig config = VisualBertConfig.read(folder.resolve("config.json"));
    Kernels kernels =
        KernelSelection.select(System.getProperty("visualbert.provider", "scalar")).kernels();
    try (Arena arena = Arena.ofShared();
        Checkpoint checkpoint = Checkpoint.open(folder, arena)) {
      VisualBertModel encoder =
          Architecture.of(config, HeadType.BASE, false).makeModel(kernels, checkpoint);
      for (int[] size : new int[][] {{1, 1}, {1, 36}, {8, 36}, {33, 20}}) {
        int batch = size[0];
        int regions = size[1];
        long stated = new Footprint(config, batch, TEXT, regions).scratch();
        assertThat(peak(encoder, config, batch, regions))
            .as("%d of %d + %d", batch, TEXT, regions)
            .isBetween(stated, stated + Footprint.PER_THREAD);
      }
    }
  }

  private static long peak(
      VisualBertModel encoder, VisualBertConfig config, int batch, int regions) {
    List<Sequence> sequences = new ArrayList<>();
    int dim = config.visualEmbeddingDim();
    for (int i = 0; i < batch; i++) {
      Tensor features = Tensor.of(new float[regions * dim], regions, dim);
      sequences.add(Sequence.of(new int[TEXT], features));
    }
    try (Workers workers = Workers.of(1);
        Workspace workspace = new Workspace()) {
      encoder.forward(new Execution(workers, workspace), sequences, null, Trace.none());
      return workspace.peak();
    }
  }
}
