package io.github.visualbert.config;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The names of a model's classes, from a file beside it. */
public final class Labels {
  private static final long MAX_FILE_SIZE = 64L << 20;

  /** What a file of labels is called in a model's folder; the first that is there is read. */
  public static final List<String> FILE_NAMES = List.of("labels.txt", "labels.json");

  private Labels() {}

  /**
   * Reads the names that stand beside a model: published checkpoints name none in config.json.
   *
   * @return empty when the folder has no such file
   * @throws ModelException as {@link #read} does
   */
  public static Optional<List<String>> ofFolder(Path folder, int expected) {
    for (String name : FILE_NAMES) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        return Optional.of(read(file, expected));
      }
    }
    return Optional.empty();
  }

  /**
   * Reads names: one a line (UTF-8), or, when the file's name ends in {@code .json}, an array of
   * strings or an object like {@code id2label}.
   *
   * @param expected the number of classes of the model
   * @throws ModelException when the file cannot be read, or does not name every class
   */
  public static List<String> read(Path file, int expected) {
    List<String> labels;
    try {
      if (Files.size(file) > MAX_FILE_SIZE) {
        throw new ModelException(
            Kind.MALFORMED,
            "%s: has %d bytes, expected at most %d"
                .formatted(file, Files.size(file), MAX_FILE_SIZE));
      }
      labels =
          file.toString().endsWith(".json")
              ? ofJson(Json.parse(Files.readAllBytes(file)))
              : Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new ModelException(Kind.MALFORMED, "%s: is not UTF-8".formatted(file), e);
    } catch (IOException e) {
      throw new ModelException(Kind.UNREADABLE, "%s: cannot be read".formatted(file), e);
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
