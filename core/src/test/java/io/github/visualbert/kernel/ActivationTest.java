package io.github.visualbert.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ActivationTest {
  private static final Path NUMBERS = Path.of(System.getProperty("testdata"), "goldens", "numbers");
  private static final Pattern NOISE = Pattern.compile("\"(\\w+)\": ([0-9.e+-]+)");
  private static final Pattern TENSOR =
      Pattern.compile("\"(\\w+)\":\\{[^}]*\"data_offsets\":\\[(\\d+),(\\d+)]");

  @Test
  void everyNameOfTransformersGivesTheReferenceValues() throws IOException {
    TreeMap<String, float[]> golden = goldenValues();
    float[] x = golden.remove("x");
    TreeMap<String, Double> noise = goldenNoise();
    assertThat(golden.keySet()).isEqualTo(noise.keySet()).hasSize(22);

    List<String> failures = new ArrayList<>();
    golden.forEach(
        (name, expected) -> {
          Activation activation = Activation.of(name);
          for (int i = 0; i < x.length; i++) {
            double tolerance = Math.max(10 * noise.get(name), 1e-5 + 1e-5 * Math.abs(expected[i]));
            float actual = activation.apply(x[i]);
            if (!(Math.abs((double) actual - expected[i]) <= tolerance)) {
              failures.add("%s(%s) = %s, expected %s".formatted(name, x[i], actual, expected[i]));
            }
          }
        });
    assertThat(failures).isEmpty();
  }

  @Test
  void everyActivationHasANameOfTransformersAndPassesNanThrough() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (Activation activation : Activation.values()) {
      names.addAll(activation.names());
      assertThat(activation.apply(Float.NaN)).as(activation.name()).isNaN();
    }
    assertThat(names).isEqualTo(goldenNoise().keySet());
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Activation.of("xielu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown activation \"xielu\"")
        .hasMessageContaining("gelu, gelu_10,");
  }

  private static TreeMap<String, Double> goldenNoise() throws IOException {
    TreeMap<String, Double> noise = new TreeMap<>();
    NOISE
        .matcher(Files.readString(NUMBERS.resolve("activations.json")))
        .results()
        .forEach(match -> noise.put(match.group(1), Double.valueOf(match.group(2))));
    return noise;
  }

  /** Reads the one safetensors file whose header is known to be plain: all F32, one dimension. */
  private static TreeMap<String, float[]> goldenValues() throws IOException {
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(NUMBERS.resolve("activations.safetensors")))
            .order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(file.getLong())];
    file.get(header);
    int dataBegin = file.position();
    TreeMap<String, float[]> values = new TreeMap<>();
    for (MatchResult match :
        TENSOR.matcher(new String(header, StandardCharsets.UTF_8)).results().toList()) {
      int begin = Integer.parseInt(match.group(2));
      float[] numbers = new float[(Integer.parseInt(match.group(3)) - begin) / Float.BYTES];
      file.slice(dataBegin + begin, numbers.length * Float.BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(numbers);
      values.put(match.group(1), numbers);
    }
    return values;
  }
}
