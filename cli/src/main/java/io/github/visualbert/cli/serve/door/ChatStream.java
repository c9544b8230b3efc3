package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.HttpReply;
import io.github.visualbert.internal.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A chat completion as server-sent events. The answer is one token, so all is known before the head
 * is sent, and whatever fails still has its status.
 *
 * @param usage whether the last event counts tokens; clients that did not ask would break
 */
record ChatStream(ChatReply completion, boolean usage) {
  private static final String TYPE = "text/event-stream";
  private static final String OBJECT = "chat.completion.chunk";

  HttpReply reply() {
    StringBuilder events = new StringBuilder();
    append(
        choice(
            json -> {
              json.name("delta").beginObject().field("role", "assistant");
              json.field("content", "").endObject();
            },
            null),
        events);
    append(
        choice(
            json -> {
              json.name("delta").beginObject().field("content", completion.content()).endObject();
              completion.writeLogprobs(json);
            },
            null),
        events);
    append(choice(json -> json.name("delta").beginObject().endObject(), "stop"), events);
    if (usage) {
      JsonWriter last = completion.begin(OBJECT);
      last.name("choices").beginArray().endArray();
      completion.writeUsage(last);
      append(last.endObject().toString(), events);
    }
    events.append("data: [DONE]\n\n");
    byte[] body = events.toString().getBytes(StandardCharsets.US_ASCII);
    return new HttpReply(200, TYPE, Map.of("Cache-Control", "no-store"), body);
  }

  private String choice(Consumer<JsonWriter> delta, String finishReason) {
    JsonWriter json = completion.begin(OBJECT);
    json.name("choices").beginArray().beginObject().field("index", 0);
    delta.accept(json);
    json.field("finish_reason", finishReason).endObject().endArray();
    if (usage) {
      json.name("usage").nullValue();
    }
    return json.endObject().toString();
  }

  /**
   * Appends an event. All that is not ASCII is escaped, since some clients split lines at U+2028
   * and its like.
   */
  private static void append(String json, StringBuilder events) {
    events.append("data: ");
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c < 0x7f) {
        events.append(c);
      } else {
        events.append("\\u%04x".formatted((int) c));
      }
    }
    events.append("\n\n");
  }
}
