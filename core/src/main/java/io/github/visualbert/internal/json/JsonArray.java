package io.github.visualbert.internal.json;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * A JSON array. A getter that finds a value of another kind throws a {@link JsonException} with the
 * path of the element.
 */
public final class JsonArray implements JsonValue, Iterable<JsonValue> {
  private final JsonPath path;
  private final List<JsonValue> elements;

  /** Takes ownership of a list, which must not change any more. */
  JsonArray(JsonPath path, List<JsonValue> elements) {
    this.path = path;
    this.elements = Collections.unmodifiableList(elements);
  }

  public int size() {
    return elements.size();
  }

  public List<JsonValue> elements() {
    return elements;
  }

  @Override
  public Iterator<JsonValue> iterator() {
    return elements.iterator();
  }

  /**
   * Returns one element.
   *
   * @throws IndexOutOfBoundsException when there are not so many
   */
  public JsonValue get(int index) {
    return elements.get(index);
  }

  public String getString(int index) {
    return path.child(index).text(get(index));
  }

  public long getLong(int index) {
    return path.child(index).integer(get(index));
  }

  public int getInt(int index) {
    return path.child(index).int32(get(index));
  }

  /** Returns a number, whole or not. */
  public double getDouble(int index) {
    return path.child(index).real(get(index));
  }

  public boolean getBoolean(int index) {
    return path.child(index).bool(get(index));
  }

  public JsonObject getObject(int index) {
    return path.child(index).object(get(index));
  }

  public JsonArray getArray(int index) {
    return path.child(index).array(get(index));
  }

  /** Returns all elements, which must be strings. */
  public List<String> toStrings() {
    String[] strings = new String[size()];
    for (int i = 0; i < strings.length; i++) {
      strings[i] = getString(i);
    }
    return List.of(strings);
  }

  /**
   * Returns an error that names the path of an element, for a value that is of the right kind and
   * still not acceptable.
   */
  public JsonException expected(int index, String what) {
    return path.child(index).expected(what, get(index));
  }
}
