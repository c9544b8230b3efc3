package io.github.visualbert.cli;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.weights.SafetensorsWriter;
import io.github.visualbert.weights.TensorSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The made-up checkpoint of VCR and its questions, and runs of them. */
final class VcrFiles {
  static final Path MODEL = Cli.TESTDATA.resolve("vcr");
  static final Path IMAGES = MODEL.resolve("images");
  static final Path INPUT = MODEL.resolve("val.jsonl");

  private VcrFiles() {}

  static Cli.Result run(Object... arguments) {
    List<Object> all =
        new ArrayList<>(List.of("run", "--task", "vcr", "--provider", "scalar", "--threads", 1));
    all.addAll(List.of(arguments));
    return Cli.run(all.toArray());
  }

  static Cli.Result run(Path model, Path input, Path output) {
    return run("--model", model, "--input", input, "--images", IMAGES, "--output", output);
  }

  static List<JsonObject> lines(Path file) {
    return Cli.read(file).lines().map(Json::parse).map(JsonObject.class::cast).toList();
  }

  /** Leaves the tower out, as the conversion for transformers does. */
  static Path blind(Path folder) throws IOException {
    Path blind = folder.resolve("blind");
    Files.createDirectories(blind);
    for (String name : List.of("config.json", "vocab.txt")) {
      Files.copy(MODEL.resolve(name), blind.resolve(name));
    }
    copyWithout(blind.resolve("model.safetensors"), "detector.");
    return blind;
  }

  /** Copies the weights without some. */
  static void copyWithout(Path file, String... beginnings) throws IOException {
    try (Arena arena = Arena.ofConfined();
        TensorSource source = TensorSource.open(MODEL, arena)) {
      SafetensorsWriter weights = new SafetensorsWriter();
      for (String name : source.names()) {
        if (Arrays.stream(beginnings).noneMatch(name::startsWith)) {
          weights.add(name, source.tensor(name));
        }
      }
      weights.write(file);
    }
  }
}
