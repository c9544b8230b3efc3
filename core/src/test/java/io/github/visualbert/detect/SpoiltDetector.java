package io.github.visualbert.detect;

import io.github.visualbert.TestData;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Copies of the demo detector in which something is wrong. */
final class SpoiltDetector {
  static final Path DEMO = TestData.ROOT.resolve("demo/detector");

  private SpoiltDetector() {}

  /** Returns the configuration as text. */
  static String config() {
    return new String(TestData.bytes(DEMO.resolve("config.json")));
  }

  /** Writes a copy to a folder, its configuration and its tensors changed. */
  static Path write(
      Path folder, UnaryOperator<String> config, Consumer<Map<String, Tensor>> weights) {
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(DEMO, arena)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      source.names().forEach(name -> tensors.put(name, source.tensor(name)));
      weights.accept(tensors);
      SafetensorsWriter writer = new SafetensorsWriter();
      tensors.forEach(writer::add);
      writer.write(folder.resolve("model.safetensors"));
      Files.writeString(folder.resolve("config.json"), config.apply(config()));
      for (String labels : new String[] {DetectorLabels.OBJECTS, DetectorLabels.ATTRIBUTES}) {
        Files.write(folder.resolve(labels), TestData.bytes(DEMO.resolve(labels)));
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
