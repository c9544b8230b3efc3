package io.github.visualbert.cli.serve.door;

import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.model.AskService;
import io.github.visualbert.cli.serve.model.SentPicture;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A request for a chat completion. Fields that would not change the answer are ignored, as are
 * those that nobody knows: clients send many.
 *
 * @param text the question or statement
 * @param pictures as many as the task takes
 * @param usage whether a stream counts tokens in the end
 * @param alternatives how many alternatives to report, with their log probabilities
 */
record ChatRequest(
    String text,
    List<SentPicture> pictures,
    boolean stream,
    boolean usage,
    boolean logprobs,
    int alternatives) {
  private static final int MAX_ALTERNATIVES = 20;

  /** What clients send as a model when they do not mean one. */
  private static final Set<String> ANY_MODEL = Set.of("", "default", "dummy", "tgi");

  /**
   * Returns the name of the model that is asked, or null for the first that answers questions.
   *
   * @throws Problem when it is no string
   */
  static String model(JsonObject json) {
    String model = Fields.text(json, "model", "/model");
    boolean any =
        model == null
            || ANY_MODEL.contains(model)
            || model.startsWith("http://")
            || model.startsWith("https://");
    return any ? null : model;
  }

  /**
   * Reads a request.
   *
   * @param task what its model does
   * @throws Problem when it is invalid
   */
  static ChatRequest read(JsonObject json, TaskName task) {
    checkForm(json);
    List<ChatMessage> asked = ChatMessage.ofUser(json);
    if (asked.isEmpty() || asked.getLast().text().isBlank()) {
      throw Problem.ofField(
          Code.QUESTION_MISSING, "/messages", "expected a text in the last message of the user");
    }
    ChatMessage last = asked.getLast();
    if (last.text().length() > AskService.MAX_TEXT) {
      throw Problem.ofField(
          Code.VALUE_OUT_OF_RANGE,
          "/messages",
          "the text has %d characters, the limit is %d"
              .formatted(last.text().length(), AskService.MAX_TEXT));
    }
    boolean stream = Fields.flag(json, "stream", "/stream");
    boolean logprobs = Fields.flag(json, "logprobs", "/logprobs");
    int alternatives =
        Fields.integer(json, "top_logprobs", "/top_logprobs", 0, MAX_ALTERNATIVES, 0);
    return new ChatRequest(
        last.text(),
        pictures(asked, task),
        stream,
        stream && usage(json),
        logprobs,
        logprobs ? alternatives : 0);
  }

  /** Checks that one text is wanted, and no call of a tool. */
  private static void checkForm(JsonObject json) {
    if (Fields.integer(json, "n", "/n", Integer.MIN_VALUE, Integer.MAX_VALUE, 1) != 1) {
      throw Problem.ofField(
          Code.VALUE_OUT_OF_RANGE,
          "/n",
          "n is %s, expected 1; top_logprobs tells more answers"
              .formatted(json.get("n").describe()));
    }
    if (json.has("response_format")
        && !(json.get("response_format") instanceof JsonObject format
            && format.get("type") instanceof JsonValue.Text(String type)
            && type.equals("text"))) {
      throw Problem.ofField(
          Code.FIELD_WRONG, "/response_format", "the answer is text; expected the type text");
    }
    if (json.get("tool_choice") instanceof JsonObject
        || json.get("tool_choice") instanceof JsonValue.Text(String choice)
            && choice.equals("required")) {
      throw Problem.ofField(
          Code.FIELD_WRONG, "/tool_choice", "no tool is ever called; expected none or auto");
    }
  }

  private static boolean usage(JsonObject json) {
    return json.get("stream_options") instanceof JsonObject options
        && Fields.flag(options, "include_usage", "/stream_options/include_usage");
  }

  /** Returns the pictures of the last message that has any. */
  private static List<SentPicture> pictures(List<ChatMessage> asked, TaskName task) {
    for (ChatMessage message : asked.reversed()) {
      List<ChatMessage.Image> images = message.images();
      if (images.isEmpty()) {
        continue;
      }
      if (images.size() != task.pictures()) {
        throw Problem.ofField(
            Code.FIELD_WRONG,
            "/messages",
            "%d pictures were sent, %s takes %d".formatted(images.size(), task, task.pictures()));
      }
      List<SentPicture> pictures = new ArrayList<>();
      for (ChatMessage.Image image : images) {
        pictures.add(Base64Picture.of(image.url(), image.pointer()));
      }
      return pictures;
    }
    throw Problem.ofField(
        Code.PICTURE_MISSING, "/messages", "expected a picture, in a part image_url");
  }
}
