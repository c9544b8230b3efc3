package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A message of the user.
 *
 * @param text its parts joined by spaces
 */
record ChatMessage(String text, List<Image> images) {
  private static final Set<String> OTHER_ROLES =
      Set.of("system", "developer", "assistant", "tool", "function");

  /**
   * A picture that is not decoded yet.
   *
   * @param pointer where it is, as a JSON pointer
   */
  record Image(String url, String pointer) {}

  /**
   * Returns the messages of the user, in their order. Those of others have no effect on an answer.
   *
   * @throws Problem when one is invalid
   */
  static List<ChatMessage> ofUser(JsonObject json) {
    if (!json.has("messages")) {
      throw Problem.ofField(Code.FIELD_MISSING, "/messages", "messages: expected an array");
    }
    if (!(json.get("messages") instanceof JsonArray messages)) {
      throw Fields.wrong(json, "messages", "/messages", "an array");
    }
    List<ChatMessage> read = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      String pointer = "/messages/" + i;
      if (!(messages.get(i) instanceof JsonObject message)) {
        throw wrong(pointer, "a message", messages.get(i));
      }
      String role = Fields.text(message, "role", pointer + "/role");
      if ("user".equals(role)) {
        read.add(ofUser(message, pointer + "/content"));
      } else if (role == null || !OTHER_ROLES.contains(role)) {
        throw wrong(
            pointer + "/role",
            "user, system, developer, assistant or tool",
            message.has("role") ? message.get("role") : JsonValue.Null.NULL);
      }
    }
    return read;
  }

  private static ChatMessage ofUser(JsonObject message, String pointer) {
    if (!message.has("content")) {
      return new ChatMessage("", List.of());
    }
    if (message.get("content") instanceof JsonValue.Text(String text)) {
      return new ChatMessage(text, List.of());
    }
    if (!(message.get("content") instanceof JsonArray parts)) {
      throw wrong(pointer, "a string or an array of parts", message.get("content"));
    }
    List<String> texts = new ArrayList<>();
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String at = pointer + "/" + i;
      if (!(parts.get(i) instanceof JsonObject part)) {
        throw wrong(at, "a part", parts.get(i));
      }
      String type = Fields.text(part, "type", at + "/type");
      switch (type) {
        case "text" -> texts.add(required(part, "text", at + "/text"));
        case "image_url" -> images.add(image(part, at + "/image_url"));
        case null, default ->
            throw Problem.ofField(
                Code.FIELD_WRONG,
                at + "/type",
                "the type of a part is %s, expected text or image_url"
                    .formatted(type == null ? "missing" : Problem.quote(type)));
      }
    }
    return new ChatMessage(String.join(" ", texts), images);
  }

  /** Reads an address, which clients send alone or in an object. */
  private static Image image(JsonObject part, String pointer) {
    return part.get("image_url") instanceof JsonObject inside
        ? new Image(required(inside, "url", pointer + "/url"), pointer + "/url")
        : new Image(required(part, "image_url", pointer), pointer);
  }

  private static String required(JsonObject json, String name, String pointer) {
    String text = Fields.text(json, name, pointer);
    if (text == null) {
      throw Problem.ofField(Code.FIELD_MISSING, pointer, name + ": expected a string");
    }
    return text;
  }

  private static Problem wrong(String pointer, String expected, JsonValue found) {
    return Problem.ofField(
        Code.FIELD_WRONG,
        pointer,
        "%s: expected %s, found %s".formatted(pointer.substring(1), expected, found.describe()));
  }
}
