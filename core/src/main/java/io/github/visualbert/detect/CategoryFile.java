package io.github.visualbert.detect;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The names of a detector's classes by their numbers, from 1, in JSON: {@code {"categories":
 * [{"id": 1, "name": "cat"}, …]}} as COCO writes them, or what stands there alone; {@code {"1":
 * "cat"}}, {@code {"cat": 1}} or {@code ["cat"]}. A number 0 is the background and may be there.
 * Used once.
 */
final class CategoryFile {
  private static final int MAX_FILE_BYTES = 1 << 24;
  private static final String LIST = "categories";

  /** What a list of names may begin with. */
  private static final List<String> BACKGROUND = List.of("__background__", "background", "bg");

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private final Path file;
  private final String[] names; // without background
  private String background;

  private CategoryFile(Path file, int classes) {
    this.file = file;
    this.names = new String[classes];
  }

  /**
   * Reads a file.
   *
   * @param classes how many the detector has, without background
   * @throws ModelException when it cannot be read, or does not name exactly these
   */
  static List<String> read(Path file, int classes) {
    byte[] bytes = TextFiles.readOfModel(file, "the names of classes as JSON", MAX_FILE_BYTES);
    CategoryFile categories = new CategoryFile(file, classes);
    try {
      categories.read(Json.parse(bytes));
    } catch (JsonException e) {
      throw new ModelException(Kind.MALFORMED, "%s: %s".formatted(file, e.getMessage()), e);
    }
    for (int i = 0; i < classes; i++) {
      if (categories.names[i] == null) {
        throw categories.mismatch(
            "expected names for the classes 1 to %d, found none for %d".formatted(classes, i + 1));
      }
    }
    return List.of(categories.names);
  }

  private void read(JsonValue json) {
    switch (json) {
      case JsonArray array -> list(array);
      case JsonObject object when object.get(LIST) instanceof JsonArray array -> list(array);
      case JsonObject object when object.get(LIST) instanceof JsonObject inner -> members(inner);
      case JsonObject object -> members(object);
      default -> throw mismatch("expected an object or an array of names");
    }
  }

  /** Reads names in their order, or objects with number and name. */
  private void list(JsonArray array) {
    boolean bare = array.size() > 0 && array.get(0) instanceof JsonValue.Text;
    int first = bare && isBackground(array.getString(0)) ? 0 : 1;
    for (int i = 0; i < array.size(); i++) {
      if (bare) {
        add(first + i, array.getString(i));
      } else {
        JsonObject category = array.getObject(i);
        add(category.getLong("id"), category.getString("name"));
      }
    }
  }

  private static boolean isBackground(String name) {
    return BACKGROUND.contains(name.strip().toLowerCase(Locale.ROOT));
  }

  /** Reads names by numbers, or numbers by names. */
  private void members(JsonObject object) {
    for (String key : object.keys()) {
      if (object.get(key) instanceof JsonValue.Int(long number)) {
        add(number, key);
      } else if (NUMBER.matcher(key).matches()) {
        add(Long.parseLong(key), object.getString(key));
      } else {
        throw object.expected(key, "the number of a class by its name, or its name by its number");
      }
    }
  }

  private void add(long number, String name) {
    if (number < 0 || number > names.length) {
      throw mismatch("expected classes from 1 to %d, found %d".formatted(names.length, number));
    }
    String before = number == 0 ? background : names[(int) number - 1];
    if (before != null) {
      throw mismatch("the class %d is named twice".formatted(number));
    }
    if (number == 0) {
      background = name;
    } else {
      names[(int) number - 1] = name.strip();
    }
  }

  private ModelException mismatch(String what) {
    return new ModelException(Kind.MISMATCH, file + ": " + what);
  }
}
