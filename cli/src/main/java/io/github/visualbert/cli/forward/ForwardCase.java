package io.github.visualbert.cli.forward;

import io.github.visualbert.VisualBert;
import io.github.visualbert.VisualBertBuilder;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder that describes one forward pass: {@code config.json}, the weights, {@code
 * inputs.safetensors}, and optionally {@code case.json}, which may name the {@code head} to run,
 * the files of the {@code weights} (an index first) and {@code model_kwargs}.
 */
record ForwardCase(Path folder) {
  private static final String ADD_POOLING_LAYER = "add_pooling_layer";
  private static final int MAX_FILE_BYTES = 1 << 20;

  /** Returns whether a folder holds a case. */
  static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(ModelFolder.CONFIG))
        && Files.isRegularFile(folder.resolve("inputs.safetensors"));
  }

  Path inputs() {
    return folder.resolve("inputs.safetensors");
  }

  /**
   * Returns a builder that opens the model as the case describes it.
   *
   * @throws InputException when {@code case.json} is invalid
   */
  VisualBertBuilder model() {
    VisualBertBuilder model = VisualBert.builder(folder);
    Path file = folder.resolve("case.json");
    if (!Files.exists(file)) {
      return model;
    }
    try {
      describe(
          Json.parseObject(TextFiles.read(file, "a description of a case", MAX_FILE_BYTES)), model);
    } catch (JsonException e) {
      throw new InputException(Kind.MALFORMED, file + ": " + e.getMessage(), e);
    }
    return model;
  }

  private void describe(JsonObject description, VisualBertBuilder model) {
    if (description.has("head")) {
      String name = description.getString("head");
      model.head(HeadType.of(name).orElseThrow(() -> description.expected("head", heads())));
    }
    if (description.has("weights")) {
      if (description.getArray("weights").size() == 0) {
        throw description.expected("weights", "at least one file");
      }
      model.weights(folder.resolve(description.getArray("weights").getString(0)));
    }
    if (description.has("model_kwargs")) {
      JsonObject arguments = description.getObject("model_kwargs");
      for (String name : arguments.keys()) {
        if (!name.equals(ADD_POOLING_LAYER)) {
          throw description.expected("model_kwargs", "no argument but " + ADD_POOLING_LAYER);
        }
      }
      model.poolingLayer(arguments.getBoolean(ADD_POOLING_LAYER, true));
    }
  }

  private static String heads() {
    return "one of " + String.join(", ", HeadType.classNames());
  }
}
