package io.github.visualbert.internal.json;

import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * A JSON object, its keys in the order of the text.
 *
 * <p>A getter that finds no value, or one of another kind, throws a {@link JsonException} with the
 * path of the key. Those with a default return it for an absent key and for {@code null}, which
 * Python writes for what is not set; a value of another kind is still an error.
 */
public final class JsonObject implements JsonValue {
  private final JsonPath path;
  private final Map<String, JsonValue> members;

  /** Takes ownership of a map, which must not change any more. */
  JsonObject(JsonPath path, Map<String, JsonValue> members) {
    this.path = path;
    this.members = Collections.unmodifiableMap(members);
  }

  /** Returns all members, in the order of the text. */
  public Map<String, JsonValue> members() {
    return members;
  }

  public Set<String> keys() {
    return members.keySet();
  }

  /** Returns whether the key is there with a value other than {@code null}. */
  public boolean has(String key) {
    return members.getOrDefault(key, Null.NULL) != Null.NULL;
  }

  /**
   * Returns the value of a key, or null when there is no such key; JSON's null is {@link
   * JsonValue.Null}.
   */
  public JsonValue get(String key) {
    return members.get(key);
  }

  public String getString(String key) {
    return path.child(key).text(get(key));
  }

  public String getString(String key, String absent) {
    return has(key) ? getString(key) : absent;
  }

  public long getLong(String key) {
    return path.child(key).integer(get(key));
  }

  public long getLong(String key, long absent) {
    return has(key) ? getLong(key) : absent;
  }

  public int getInt(String key) {
    return path.child(key).int32(get(key));
  }

  public int getInt(String key, int absent) {
    return has(key) ? getInt(key) : absent;
  }

  /** Returns a number, whole or not. */
  public double getDouble(String key) {
    return path.child(key).real(get(key));
  }

  public double getDouble(String key, double absent) {
    return has(key) ? getDouble(key) : absent;
  }

  public boolean getBoolean(String key) {
    return path.child(key).bool(get(key));
  }

  public boolean getBoolean(String key, boolean absent) {
    return has(key) ? getBoolean(key) : absent;
  }

  public JsonObject getObject(String key) {
    return path.child(key).object(get(key));
  }

  public JsonArray getArray(String key) {
    return path.child(key).array(get(key));
  }

  /**
   * Returns an error that names the path of a key, for a value that is of the right kind and still
   * not acceptable.
   */
  public JsonException expected(String key, String what) {
    return path.child(key).expected(what, get(key));
  }
}
