package io.github.visualbert.cli.serve.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is sent back: whole, since every answer is known before its first byte is sent.
 *
 * @param headers others than the type and the length
 */
@SuppressWarnings("ArrayRecordComponent") // made for one response, and gone
public record HttpReply(int status, String type, Map<String, String> headers, byte[] body) {
  /** The type of JSON, spelled as clients compare it. */
  public static final String JSON = "application/json";

  /** Returns an answer in JSON. */
  public static HttpReply json(String json) {
    return new HttpReply(200, JSON, Map.of(), json.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns an answer without a body. */
  public static HttpReply empty(int status) {
    return new HttpReply(status, null, Map.of(), new byte[0]);
  }

  /** Returns this with another status. */
  public HttpReply withStatus(int other) {
    return new HttpReply(other, type, headers, body);
  }

  /** Returns this with one more header. */
  public HttpReply with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new HttpReply(status, type, more, body);
  }
}
