package io.github.visualbert.cli.serve.door;

import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A chat completion. Its one token is the label of the best answer.
 *
 * @param created seconds since 1970
 * @param answers the best first
 * @param rows that the model computed, which are the tokens of the prompt
 * @param alternatives how many alternatives to report, with their log probabilities
 */
record ChatReply(
    String id,
    long created,
    String model,
    List<Answer> answers,
    int rows,
    boolean logprobs,
    int alternatives) {
  /** Stands for the logarithm of 0, which JSON does not have. */
  private static final double LOG_OF_ZERO = -9999;

  /** Returns the label of the best answer. */
  String content() {
    return answers.getFirst().label();
  }

  /** Returns the whole completion. */
  String json() {
    JsonWriter json = begin("chat.completion");
    json.name("choices").beginArray().beginObject().field("index", 0);
    json.name("message").beginObject().field("role", "assistant").field("content", content());
    json.name("refusal").nullValue().endObject();
    writeLogprobs(json);
    json.field("finish_reason", "stop").endObject().endArray();
    writeUsage(json);
    return json.endObject().toString();
  }

  /** Begins an object with what every answer and every event of a stream has. */
  JsonWriter begin(String object) {
    JsonWriter json = new JsonWriter().beginObject().field("id", id).field("object", object);
    return json.field("created", created).field("model", model);
  }

  void writeUsage(JsonWriter json) {
    json.name("usage").beginObject().field("prompt_tokens", rows);
    json.field("completion_tokens", 1).field("total_tokens", rows + 1).endObject();
  }

  /** Writes the probabilities, or null where nobody asked. */
  void writeLogprobs(JsonWriter json) {
    json.name("logprobs");
    if (!logprobs) {
      json.nullValue();
      return;
    }
    json.beginObject().name("content").beginArray();
    writeToken(answers.getFirst(), json);
    json.name("top_logprobs").beginArray();
    for (Answer answer : answers.subList(0, Math.min(alternatives, answers.size()))) {
      writeToken(answer, json);
      json.endObject();
    }
    json.endArray().endObject().endArray().name("refusal").nullValue().endObject();
  }

  /** Writes an answer as an object, which is left open. */
  private static void writeToken(Answer answer, JsonWriter json) {
    json.beginObject().field("token", answer.label());
    json.field("logprob", Math.max(Math.log(answer.score()), LOG_OF_ZERO));
    json.name("bytes").beginArray();
    for (byte each : answer.label().getBytes(StandardCharsets.UTF_8)) {
      json.value(Byte.toUnsignedInt(each));
    }
    json.endArray();
  }
}
