package io.github.visualbert;

import io.github.visualbert.config.HeadType;
import io.github.visualbert.forward.ForwardInputs;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One folder of the golden data: a model, its inputs, and what the reference makes of them. */
record GoldenCase(Path folder, JsonObject description) {

  /** Returns all cases of {@code models} or {@code errors}. */
  static List<GoldenCase> all(String kind) {
    Path folder = Path.of(System.getProperty("testdata"), "goldens", kind);
    try (Stream<Path> cases = Files.list(folder)) {
      List<GoldenCase> all = cases.sorted().map(GoldenCase::read).toList();
      if (all.isEmpty()) {
        throw new IllegalStateException("no cases in " + folder);
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenCase read(Path folder) {
    try {
      return new GoldenCase(
          folder, Json.parseObject(Files.readAllBytes(folder.resolve("case.json"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a builder that opens the model as the case describes it. */
  VisualBertBuilder open() {
    boolean pools =
        !description.has("model_kwargs")
            || description.getObject("model_kwargs").getBoolean("add_pooling_layer", true);
    return VisualBert.builder(folder)
        .head(HeadType.of(description.getString("head")).orElseThrow())
        .weights(folder.resolve(description.getArray("weights").getString(0)))
        .poolingLayer(pools);
  }

  ForwardInputs inputs(Arena arena) {
    return new ForwardInputs(tensors("inputs.safetensors", arena));
  }

  Map<String, Tensor> outputs(Arena arena) {
    return tensors("outputs.safetensors", arena);
  }

  private Map<String, Tensor> tensors(String file, Arena arena) {
    try (TensorSource source = TensorSource.open(folder.resolve(file), arena)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      source.names().forEach(name -> tensors.put(name, source.tensor(name)));
      return tensors;
    }
  }

  /** Returns the difference that is allowed where the reference says {@code expected}. */
  double tolerance(String output, double expected) {
    double noise = description.getObject("fp32_noise").getObject("per_output").getDouble(output);
    return Math.max(10 * noise, 1e-5 + 1e-5 * Math.abs(expected));
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
