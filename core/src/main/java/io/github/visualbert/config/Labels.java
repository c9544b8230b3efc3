package io.github.visualbert.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the names of a model's classes from a file beside it. */
public final class Labels {
  private static final int MAX_FILE_BYTES = 64 << 20;

  private Labels() {}

  /**
   * Reads names: one a line (UTF-8), or, when the file's name ends in {@code .json}, an array of
   * strings or an object like {@code id2label}.
   *
   * @param expected the number of classes of the model
   * @throws ModelException when the file cannot be read, or does not name every class
   */
  public static List<String> read(Path file, int expected) {
    byte[] bytes = TextFiles.readOfModel(file, "labels", MAX_FILE_BYTES);
    List<String> labels;
    try {
      labels =
          file.toString().endsWith(".json")
              ? ofJson(Json.parse(bytes))
              : UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().lines().toList();
    } catch (CharacterCodingException e) {
      throw new ModelException(Kind.MALFORMED, "%s: is not UTF-8".formatted(file), e);
    } catch (JsonException | IllegalArgumentException e) {
      throw new ModelException(Kind.MALFORMED, "%s: %s".formatted(file, e.getMessage()), e);
    }
    if (labels.size() != expected) {
      throw new ModelException(
          Kind.MISMATCH,
          "%s: has %d labels, the model has %d classes".formatted(file, labels.size(), expected));
    }
    return List.copyOf(labels);
  }

  private static List<String> ofJson(JsonValue json) {
    if (json instanceof JsonArray array) {
      return array.toStrings();
    }
    if (json instanceof JsonObject object) {
      List<String> labels = new ArrayList<>();
      for (int i = 0; i < object.keys().size(); i++) {
        labels.add(object.getString(Integer.toString(i)));
      }
      return labels;
    }
    throw new IllegalArgumentException(
        "expected an array of labels or an object like id2label, found " + json.describe());
  }
}
