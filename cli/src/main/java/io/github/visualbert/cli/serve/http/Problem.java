package io.github.visualbert.cli.serve.http;

import io.github.visualbert.cli.console.Printable;
import java.util.List;

/** A request cannot be answered. The response says why, in the error shape of its door. */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_QUOTE = 80;

  private final Code code;
  private final String field;
  private final transient List<String> models;
  private final int retryAfter;
  private final String allow;

  private Problem(
      Code code, String detail, String field, List<String> models, int retryAfter, String allow) {
    super(detail, null, false, false);
    this.code = code;
    this.field = field;
    this.models = models;
    this.retryAfter = retryAfter;
    this.allow = allow;
  }

  /**
   * Makes a problem.
   *
   * @param detail one line about this request, for its sender
   */
  public static Problem of(Code code, String detail) {
    return new Problem(code, detail, null, List.of(), 0, null);
  }

  /**
   * Makes a problem with a field of the request.
   *
   * @param pointer the field as a JSON pointer
   */
  public static Problem ofField(Code code, String pointer, String detail) {
    return new Problem(code, detail, pointer, List.of(), 0, null);
  }

  /** Makes the problem of a model that there is not. */
  public static Problem ofModel(String name, List<String> models) {
    String names = models.isEmpty() ? "none" : String.join(", ", models);
    return new Problem(
        Code.MODEL_NOT_FOUND,
        "there is no model %s here; there are: %s".formatted(quote(name), names),
        null,
        models,
        0,
        null);
  }

  /** Makes the problem of a path that has other methods. */
  static Problem ofMethod(String method, String allow) {
    return new Problem(
        Code.METHOD_WRONG,
        "the method is %s, expected %s".formatted(quote(method), allow),
        null,
        List.of(),
        0,
        allow);
  }

  /**
   * Makes a problem that passes.
   *
   * @param seconds after which the client should try again
   */
  public static Problem retryAfter(Code code, String detail, int seconds) {
    return new Problem(code, detail, null, List.of(), seconds, null);
  }

  public Code code() {
    return code;
  }

  /** Returns the JSON pointer of the invalid field, or null. */
  public String field() {
    return field;
  }

  /** Returns the names that there are, where another was asked for. */
  public List<String> models() {
    return models;
  }

  /** Returns the seconds after which to try again, or 0. */
  public int retryAfter() {
    return retryAfter;
  }

  /** Returns the methods that a path has, or null. */
  String allow() {
    return allow;
  }

  /** Returns at most 80 characters of what came, in quotes, control characters escaped. */
  public static String quote(String text) {
    String shown = text.length() <= MAX_QUOTE ? text : text.substring(0, MAX_QUOTE - 1) + "…";
    return '"' + Printable.of(shown) + '"';
  }
}
