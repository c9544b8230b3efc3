package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {
  private static final Path MODEL = Cli.DEMO.resolve("vqa");

  @TempDir private Path folder;

  private static Cli.Result bench(Object... more) {
    List<Object> args = new ArrayList<>(List.of("bench", "--model", MODEL, "--seconds", 0.01));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"simd", "scalar"})
  void measuresForPrograms(String provider) {
    String line =
        bench(
                "--format",
                "json",
                "--batch",
                2,
                "--text",
                7,
                "--regions",
                5,
                "--threads",
                2,
                "--provider",
                provider)
            .answer();
    assertThat(line.lines()).hasSize(1);
    JsonObject json = (JsonObject) Json.parse(line);
    assertThat(json.keys())
        .containsExactly(
            "batch",
            "text",
            "regions",
            "threads",
            "provider",
            "sequences_per_second",
            "milliseconds_per_batch",
            "gflops",
            "peak_gflops");
    assertThat(json.getInt("batch")).isEqualTo(2);
    assertThat(json.getInt("text")).isEqualTo(7);
    assertThat(json.getInt("regions")).isEqualTo(5);
    assertThat(json.getInt("threads")).isEqualTo(2);
    assertThat(json.getString("provider")).isEqualTo(provider);
    JsonObject times = json.getObject("milliseconds_per_batch");
    assertThat(times.keys()).containsExactly("min", "median", "max");
    double median = times.getDouble("median");
    assertThat(times.getDouble("min")).isPositive().isLessThanOrEqualTo(median);
    assertThat(times.getDouble("max")).isGreaterThanOrEqualTo(median);
    assertThat(json.getDouble("sequences_per_second")).isEqualTo(1000 * 2 / median);
    assertThat(json.getDouble("gflops")).isPositive();
    assertThat(json.getDouble("peak_gflops")).isPositive();
  }

  @Test
  void measuresForPeople() {
    assertThat(bench("--threads", 1, "--regions", 0).answer())
        .startsWith("1 x (20 + 0), 1 thread, provider ")
        .contains("sequences per second", "milliseconds per batch, median", "GFLOP/s");
  }

  @Test
  void measuresSeveralNumbersOfThreadsSideBySide() {
    List<String> lines = bench("--threads", "1,2").answer().lines().toList();
    assertThat(lines.getFirst()).isEqualTo("1 x (20 + 36)");
    assertThat(lines.get(1)).matches("  threads +1 +2");
    assertThat(lines.getLast()).matches(" +peak, measured in this process +[0-9.]+ +[0-9.]+");
    assertThat(bench("--threads", "2,1", "--format", "json").answer().lines())
        .hasSize(2)
        .map(line -> ((JsonObject) Json.parse(line)).getInt("threads"))
        .containsExactly(2, 1);
    assertThat(bench("--threads", "1,0").refusal(2)).contains("--threads is 1,0, expected at");
    assertThat(bench("--threads", "1,").refusal(2)).contains("'1,' is not an int");
    assertThat(Cli.run("forward", "--threads", "1,2", "--cases", "x", "--outputs", "y").refusal(2))
        .contains("--threads is 1,2, expected one number here");
  }

  @Test
  void measuresAnyDetectorOnARandomPicture() {
    Object[] command = {
      "bench", "--detector", Cli.DEMO.resolve("detector"), "--seconds", 0.01, "--threads", 1
    };
    JsonObject json =
        (JsonObject)
            Json.parse(
                Cli.run(join(command, "--image-size", "96x64", "--format", "json")).answer());
    assertThat(json.getString("detector")).isEqualTo("butd");
    assertThat(json.getInt("height")).isEqualTo(96);
    assertThat(json.getInt("width")).isEqualTo(64);
    assertThat(json.getInt("rois")).isEqualTo(300);
    assertThat(Cli.run(join(command, "--image-size", "96x64", "--regions", 7)).answer())
        .startsWith("butd, 96 x 64, 7 regions");
    assertThat(Cli.run(join(command, "--image-size", "96x64", "--regions", 0)).refusal(2))
        .contains("--regions is 0, expected at least 1");
    assertThat(Cli.run(join(command, "--regions", 7)).refusal(2))
        .contains("--regions goes with --model, or with --image-size");
    for (String size : new String[] {"96", "0x64", "96x-1", "100000x64"}) {
      assertThat(Cli.run(join(command, "--image-size", size)).refusal(2))
          .contains("expected a height and a width such as 800x1333, found '" + size + "'");
    }
    assertThat(bench("--image-size", "96x64").refusal(2)).contains("--image-size is of a picture");
  }

  @Test
  void refusesWrongUsage() {
    assertThat(Cli.run("bench").refusal(2)).contains("expected --model or --detector");
    assertThat(bench("--detector", MODEL).refusal(2)).contains("expected --model or --detector");
    assertThat(bench("--batch", 0).refusal(2)).contains("--batch is 0");
    assertThat(bench("--text", 1).refusal(2)).contains("--text is 1, expected at least 2");
    assertThat(bench("--regions", -1).refusal(2)).contains("--regions is -1");
    assertThat(Cli.run("bench", "--model", MODEL, "--seconds", "NaN").refusal(2))
        .contains("--seconds is NaN");
    assertThat(bench("--text", 65).refusal(3)).contains("65 tokens", "64");
    assertThat(Cli.run("bench", "--model", MODEL.resolve("no")).refusal(4)).contains("vqa/no");
  }

  private Path detector() throws IOException {
    Path target = Cli.copy(Cli.DEMO.resolve("detector"), folder.resolve("detector"));
    Cli.write(
        target.resolve("case.json"),
        """
        {"detector": "butd", "config": "config.yaml", "weights": "model.safetensors"}\
        """);
    float[] input = new float[3 * 64 * 96];
    for (int i = 0; i < input.length; i++) {
      input[i] = i % 7 - 3;
    }
    float[] rois = {0, 0, 50, 60, 10, 10, 90, 40, 5, 5, 6, 6};
    new SafetensorsWriter()
        .add("input", Tensor.of(input, 1, 3, 64, 96))
        .add("rois", Tensor.of(rois, 3, 4))
        .write(target.resolve("bench.safetensors"));
    return target;
  }

  @ParameterizedTest
  @ValueSource(strings = {"simd", "scalar"})
  void measuresTheStagesOfADetector(String provider) throws IOException {
    Object[] command = {
      "bench", "--detector", detector(), "--seconds", 0.01, "--threads", 1, "--provider", provider
    };
    String line = Cli.run(join(command, "--format", "json")).answer();
    assertThat(line.lines()).hasSize(1);
    JsonObject json = (JsonObject) Json.parse(line);
    assertThat(json.keys())
        .containsExactly(
            "detector",
            "height",
            "width",
            "rois",
            "threads",
            "provider",
            "milliseconds",
            "gflops",
            "peak_gflops");
    assertThat(json.getString("detector")).isEqualTo("butd");
    assertThat(json.getInt("height")).isEqualTo(64);
    assertThat(json.getInt("width")).isEqualTo(96);
    assertThat(json.getInt("rois")).isEqualTo(3);
    assertThat(json.getString("provider")).isEqualTo(provider);
    JsonObject times = json.getObject("milliseconds");
    assertThat(times.keys()).containsExactly("total", "backbone", "rpn", "head");
    times.keys().forEach(name -> assertThat(times.getDouble(name)).as(name).isPositive());
    assertThat(json.getDouble("gflops")).isPositive();
    assertThat(json.getDouble("peak_gflops")).isPositive();
  }

  private Path tower(float[] segms) throws IOException {
    Path target = folder.resolve("tower");
    Files.createDirectories(target);
    Files.copy(
        Cli.TESTDATA.resolve("vcr/model.th"),
        target.resolve("model.th"),
        StandardCopyOption.REPLACE_EXISTING);
    Cli.write(target.resolve("case.json"), "{\"detector\": \"vcr\", \"weights\": \"model.th\"}");
    float[] rois = {0, 0, 50, 60, 10, 10, 90, 40};
    new SafetensorsWriter()
        .add("input", Tensor.of(new float[3 * 64 * 96], 1, 3, 64, 96))
        .add("rois", Tensor.of(rois, 2, 4))
        .add("segms", Tensor.of(segms, segms.length / 196, 14, 14))
        .add("classes", Tensor.of(new long[] {0, 80}, 2))
        .write(target.resolve("bench.safetensors"));
    return target;
  }

  @Test
  void measuresTheStagesOfATowerWhichProposesNothing() throws IOException {
    Path tower = tower(new float[2 * 196]);
    Object[] command = {"bench", "--detector", tower, "--seconds", 0.01, "--threads", 1};
    JsonObject json = (JsonObject) Json.parse(Cli.run(join(command, "--format", "json")).answer());
    assertThat(json.getString("detector")).isEqualTo("vcr");
    assertThat(json.getInt("rois")).isEqualTo(2);
    JsonObject times = json.getObject("milliseconds");
    assertThat(times.keys()).containsExactly("total", "backbone", "head");
    times.keys().forEach(name -> assertThat(times.getDouble(name)).as(name).isPositive());
    assertThat(json.getDouble("gflops")).isPositive();
    assertThat(Cli.run("bench", "--detector", tower(new float[196])).refusal(3))
        .contains("expected segms (2, 14, 14) and classes (2), found F32[1, 14, 14]");
  }

  @Test
  void refusesADetectorWithoutInputs() throws IOException {
    Path detector = detector();
    Files.delete(detector.resolve("bench.safetensors"));
    assertThat(Cli.run("bench", "--detector", detector).refusal(3)).contains("bench.safetensors");
    new SafetensorsWriter()
        .add("input", Tensor.of(new float[9], 3, 3))
        .add("rois", Tensor.of(new float[4], 1, 4))
        .write(detector.resolve("bench.safetensors"));
    assertThat(Cli.run("bench", "--detector", detector).refusal(3))
        .contains("expected input (1, 3, height, width) and rois (regions, 4)");
  }

  private static Object[] join(Object[] first, Object... second) {
    Object[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
