package io.github.visualbert.detect;

import io.github.visualbert.OpGolden;
import io.github.visualbert.TestData;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A small detector of the golden data, a picture, and what every stage makes of it. */
record DetectorCase(Path folder, JsonObject description) {
  static final Path CASES = TestData.ROOT.resolve("goldens/detectors/cases");

  static DetectorCase of(String name) {
    Path folder = CASES.resolve(name);
    return new DetectorCase(folder, Json.parseObject(TestData.bytes(folder.resolve("case.json"))));
  }

  /** Returns all cases of detectors that find regions themselves; there is at least one. */
  static List<DetectorCase> all() {
    return all(false);
  }

  /** Returns all cases in which regions are given, or all others; there is at least one. */
  static List<DetectorCase> all(boolean given) {
    List<DetectorCase> all =
        TestData.files(CASES, name -> true).stream()
            .map(folder -> of(folder.getFileName().toString()))
            .filter(golden -> golden.description.has("regions") == given)
            .toList();
    if (all.isEmpty()) {
      throw new IllegalStateException("no cases in " + CASES);
    }
    return all;
  }

  RegionDetectorBuilder builder() {
    RegionDetectorBuilder builder =
        RegionDetector.builder(folder)
            .kind(DetectorKind.of(description.getString("detector")))
            .weights(folder.resolve(description.getString("weights")));
    if (description.has("num_features")) {
      builder.detections(0, description.getInt("num_features"));
    }
    if (description.has("max_boxes")) {
      builder.detections(description.getInt("min_boxes"), description.getInt("max_boxes"));
    }
    if (description.has("conf_thresh")) {
      builder.minConfidence(description.getDouble("conf_thresh"));
    }
    return builder;
  }

  /** Writes the weights with changes to a folder, and returns the file. */
  Path weights(Path target, Consumer<Map<String, Tensor>> changes) {
    Path file = target.resolve("model.safetensors");
    try (Arena arena = Arena.ofConfined();
        TensorSource source =
            TensorSource.open(folder.resolve(description.getString("weights")), arena)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      source.names().stream()
          .filter(name -> source.info(name).supportedDType().isPresent())
          .forEach(name -> tensors.put(name, source.tensor(name)));
      changes.accept(tensors);
      SafetensorsWriter writer = new SafetensorsWriter();
      tensors.forEach(writer::add);
      writer.write(file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Picture picture() {
    return Picture.read(folder.resolve(description.getString("image")));
  }

  /** Returns what a detector computes of the picture, by the names of the stages. */
  Map<String, OpGolden.Values> stages(RegionDetector detector) {
    return stages(sink -> detector.trace(picture(), sink));
  }

  /** Returns what is traced, by the names of the stages. */
  static Map<String, OpGolden.Values> stages(Consumer<StageSink> tracing) {
    Map<String, OpGolden.Values> stages = new LinkedHashMap<>();
    tracing.accept(
        new StageSink() {
          @Override
          public void floats(String name, float[] values, long... shape) {
            double[] numbers = new double[values.length];
            Arrays.setAll(numbers, i -> values[i]);
            stages.put(name, new OpGolden.Values(numbers, shape));
          }

          @Override
          public void longs(String name, long[] values, long... shape) {
            double[] numbers = Arrays.stream(values).asDoubleStream().toArray();
            stages.put(name, new OpGolden.Values(numbers, shape));
          }
        });
    return stages;
  }

  /** Compares every stage with the reference; returns what differs. */
  List<String> compare(Map<String, OpGolden.Values> stages) {
    Map<String, OpGolden.Values> expected = OpGolden.read(folder.resolve("outputs.safetensors"));
    JsonObject outputs = description.getObject("outputs");
    List<String> failures = new ArrayList<>();
    expected.forEach(
        (name, values) -> {
          boolean exact = outputs.getArray(name).getString(0).equals("int64");
          double noise =
              exact
                  ? 0
                  : description.getObject("fp32_noise").getObject("per_output").getDouble(name);
          OpGolden.Values found = stages.get(name);
          if (found == null || !Arrays.equals(found.shape(), values.shape())) {
            failures.add(
                "%s, %s: %s, expected %s"
                    .formatted(
                        this,
                        name,
                        found == null ? "nothing" : Arrays.toString(found.shape()),
                        Arrays.toString(values.shape())));
          } else {
            compare(name, found.numbers(), values.numbers(), exact, noise, failures);
          }
        });
    return failures;
  }

  private void compare(
      String name,
      double[] found,
      double[] expected,
      boolean exact,
      double noise,
      List<String> failures) {
    for (int i = 0; i < expected.length; i++) {
      double tolerance = exact ? 0 : Math.max(10 * noise, 1e-5 + 1e-5 * Math.abs(expected[i]));
      if (!(Math.abs(found[i] - expected[i]) <= tolerance)) {
        failures.add(
            "%s, %s [%d]: %s, expected %s within %s"
                .formatted(this, name, i, found[i], expected[i], tolerance));
        return;
      }
    }
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
