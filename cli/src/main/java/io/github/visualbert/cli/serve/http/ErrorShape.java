package io.github.visualbert.cli.serve.http;

import io.github.visualbert.internal.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a door writes problems. */
public enum ErrorShape {
  /** {@code application/problem+json}, RFC 9457. */
  PROBLEM {
    @Override
    String json(Problem problem, String requestId) {
      Code code = problem.code();
      JsonWriter json = new JsonWriter().beginObject();
      json.field("type", "urn:visualbert:problem:" + code).field("title", code.title());
      json.field("status", code.status()).field("detail", problem.getMessage());
      json.field("instance", "urn:visualbert:request:" + requestId);
      json.field("code", code.toString());
      if (problem.field() != null) {
        json.field("field", problem.field());
      }
      if (!problem.models().isEmpty()) {
        json.name("models").beginArray();
        problem.models().forEach(json::value);
        json.endArray();
      }
      if (problem.retryAfter() > 0) {
        json.field("retry_after", problem.retryAfter());
      }
      return json.endObject().toString();
    }
  },
  /** A message and a code, as Hugging Face's clients read them. */
  HUGGING_FACE {
    @Override
    String json(Problem problem, String requestId) {
      return new JsonWriter()
          .beginObject()
          .field("error", problem.getMessage())
          .field("error_type", problem.code().toString())
          .endObject()
          .toString();
    }
  },
  /** OpenAI's error object. */
  OPENAI {
    @Override
    String json(Problem problem, String requestId) {
      int status = problem.code().status();
      String type =
          switch (status) {
            case 401 -> "authentication_error";
            case 429 -> "rate_limit_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
          };
      JsonWriter json = new JsonWriter().beginObject().name("error").beginObject();
      json.field("message", problem.getMessage()).field("type", type);
      json.field("param", parameter(problem.field())).field("code", problem.code().toString());
      return json.endObject().endObject().toString();
    }

    /** Returns the first name of a pointer: OpenAI's clients know the parameter, not the place. */
    private static String parameter(String pointer) {
      return pointer == null || pointer.length() < 2 ? null : pointer.substring(1).split("/")[0];
    }
  },
  /** A message alone, as clients of the Open Inference Protocol read it. */
  PLAIN {
    @Override
    String json(Problem problem, String requestId) {
      return new JsonWriter()
          .beginObject()
          .field("error", problem.getMessage())
          .endObject()
          .toString();
    }
  };

  abstract String json(Problem problem, String requestId);

  /** Returns the response to a request that has a problem. */
  HttpReply reply(Problem problem, String requestId) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (problem.allow() != null) {
      headers.put("Allow", problem.allow());
    }
    if (problem.retryAfter() > 0) {
      headers.put("Retry-After", Integer.toString(problem.retryAfter()));
    }
    switch (problem.code()) {
      case UNAUTHORIZED -> headers.put("WWW-Authenticate", "Bearer");
      case INTERNAL -> headers.put("x-should-retry", "false"); // it would fail the same way
      case DRAINING, TOO_SLOW -> headers.put("Connection", "close");
      default -> {}
    }
    return new HttpReply(
        problem.code().status(),
        this == PROBLEM ? "application/problem+json" : HttpReply.JSON,
        headers,
        json(problem, requestId).getBytes(StandardCharsets.UTF_8));
  }
}
