package io.github.visualbert.cli.serve.http;

import java.util.Locale;

/**
 * What can be wrong with a request, with its status. Clients tell problems apart by these names.
 */
public enum Code {
  JSON_MALFORMED(400, "Malformed JSON"),
  FIELD_MISSING(400, "Missing field"),
  FIELD_WRONG(400, "Wrong field"),
  FIELD_UNKNOWN(400, "Unknown field"),
  QUESTION_MISSING(400, "Missing question"),
  PICTURE_MISSING(400, "Missing picture"),
  PICTURE_UNREADABLE(400, "Unreadable picture"),
  PICTURE_TOO_LARGE(400, "Picture too large"),
  PICTURE_NOT_FETCHED(400, "Pictures are not fetched"),
  TASK_NOT_SERVED(400, "Task not served"),
  VALUE_OUT_OF_RANGE(400, "Value out of range"),
  REQUEST_MALFORMED(400, "Malformed request"),
  UNAUTHORIZED(401, "Unauthorized"),
  HOST_REFUSED(403, "Host refused"),
  ORIGIN_REFUSED(403, "Origin refused"),
  MODEL_NOT_FOUND(404, "Model not found"),
  PICTURE_UNKNOWN(404, "Picture unknown"),
  PATH_UNKNOWN(404, "Path unknown"),
  METHOD_WRONG(405, "Method not allowed"),
  TOO_SLOW(408, "Too slow"),
  BODY_TOO_LARGE(413, "Body too large"),
  TARGET_TOO_LONG(414, "Target too long"),
  TYPE_WRONG(415, "Unsupported media type"),
  QUEUE_FULL(429, "Queue full"),
  QUEUE_TIMEOUT(429, "Queue timeout"),
  HEAD_TOO_LARGE(431, "Head too large"),
  INTERNAL(500, "Internal error"),
  DRAINING(503, "Draining");

  private final int status;
  private final String title;

  Code(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public int status() {
    return status;
  }

  /** Returns a few words that are the same for every problem of this code. */
  public String title() {
    return title;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
