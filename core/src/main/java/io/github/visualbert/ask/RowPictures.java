package io.github.visualbert.ask;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The pictures of a row.
 *
 * @param field the field that gives them, for messages
 */
public record RowPictures(String field, List<RowPicture> pictures) {
  /** The fields that may give pictures, of which a row has exactly one. */
  public static final List<String> FIELDS = List.of("image", "images", "features");

  /** The one of them that gives region features. */
  public static final String FEATURES = "features";

  /**
   * Returns the field that gives the pictures of a row.
   *
   * @param has whether the row has a field
   * @throws InputException when it has none of them, or several
   */
  public static String field(Predicate<String> has) {
    List<String> found = FIELDS.stream().filter(has).toList();
    if (found.isEmpty()) {
      throw new InputException(Kind.MALFORMED, "expected image, images or features");
    }
    if (found.size() > 1) {
      throw new InputException(
          Kind.MALFORMED,
          "has " + found.get(0) + " and " + found.get(1) + ", expected one of them");
    }
    return found.getFirst();
  }

  /**
   * Returns the pictures of a JSON object.
   *
   * @throws InputException when it has none, or they are given in two ways
   * @throws JsonException when a field is of another kind
   */
  public static RowPictures of(JsonObject row) {
    String field = field(row::has);
    List<RowPicture> pictures = new ArrayList<>();
    if (row.get(field) instanceof JsonArray several) {
      for (int i = 0; i < several.size(); i++) {
        int index = i;
        pictures.add(
            picture(
                several.get(i),
                field,
                field + "[" + i + "]",
                what -> several.expected(index, what)));
      }
    } else {
      pictures.add(picture(row.get(field), field, field, what -> row.expected(field, what)));
    }
    return new RowPictures(field, pictures);
  }

  /** Makes the exception for a value of another kind. */
  @FunctionalInterface
  private interface Refusal {
    JsonException expected(String what);
  }

  private static RowPicture picture(JsonValue value, String field, String place, Refusal refusal) {
    if (field.equals(FEATURES)) {
      if (value instanceof JsonValue.Text(String name)) {
        return new RowPicture.FeatureName(name);
      }
      throw refusal.expected("a string");
    }
    return switch (value) {
      case JsonValue.Text(String text) -> RowPicture.of(text, place);
      case JsonObject object when object.has("bytes") -> {
        String name = RowPicture.name(place, object.getString("path", null));
        yield new RowPicture.Encoded(RowPicture.base64(object.getString("bytes"), place), name);
      }
      case JsonObject object when object.has("path") ->
          RowPicture.of(object.getString("path"), place);
      default -> throw refusal.expected("a path, or an object with bytes in base64 or path");
    };
  }
}
