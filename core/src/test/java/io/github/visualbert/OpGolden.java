package io.github.visualbert;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.weights.TensorSource;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One operation of the detectors' golden data: its arguments, inputs and outputs. */
@SuppressWarnings("exports") // internal.json
public record OpGolden(
    String name, JsonObject arguments, JsonObject noise, Map<String, Values> tensors) {
  private static final Path OPS = TestData.ROOT.resolve("goldens/detectors/ops");

  /** The numbers of a tensor and its sizes; integers as doubles. */
  public record Values(double[] numbers, long[] shape) {
    public float[] floats() {
      float[] floats = new float[numbers.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) numbers[i];
      }
      return floats;
    }

    public int size(int dimension) {
      return (int) shape[dimension];
    }
  }

  /** Returns all cases of an operation; there is at least one. */
  public static List<OpGolden> all(String op) {
    List<OpGolden> all = new ArrayList<>();
    for (JsonValue value : (JsonArray) Json.parse(TestData.bytes(OPS.resolve("cases.json")))) {
      JsonObject object = (JsonObject) value;
      if (object.getString("op").equals(op)) {
        String file = object.getString("file");
        all.add(
            new OpGolden(
                file.substring(0, file.indexOf('.')),
                object.getObject("arguments"),
                object.getObject("fp32_noise"),
                read(OPS.resolve(file))));
      }
    }
    if (all.isEmpty()) {
      throw new IllegalStateException("no cases of " + op);
    }
    return all;
  }

  /** Reads the tensors of a safetensors file; there is no limit but the heap. */
  public static Map<String, Values> read(Path file) {
    Map<String, Values> tensors = new LinkedHashMap<>();
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(file, arena)) {
      for (String name : source.names()) {
        var tensor = source.tensor(name);
        double[] numbers = new double[(int) tensor.elementCount()];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] =
              switch (tensor.dtype()) {
                case I64 -> tensor.getLong(i);
                case U8 -> tensor.data().get(ValueLayout.JAVA_BYTE, i) & 0xff;
                default -> tensor.getFloat(i);
              };
        }
        tensors.put(name, new Values(numbers, tensor.shape()));
      }
    }
    return tensors;
  }

  public Values in(String input) {
    return tensors.get("in." + input);
  }

  public Values out(String output) {
    return tensors.get("out." + output);
  }

  /** Returns the difference that is allowed where the reference says {@code expected}. */
  public double tolerance(String output, double expected) {
    return Math.max(10 * noise.getDouble(output), 1e-5 + 1e-5 * Math.abs(expected));
  }

  /** Notes the first number of an output that is off by more than the tolerance. */
  public void compare(String output, float[] actual, List<String> failures) {
    double[] expected = out(output).numbers();
    if (actual.length != expected.length) {
      failures.add(
          "%s %s: %d numbers, expected %d".formatted(name, output, actual.length, expected.length));
      return;
    }
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= tolerance(output, expected[i]))) {
        failures.add(
            "%s %s [%d]: %s, expected %s".formatted(name, output, i, actual[i], expected[i]));
        return;
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
