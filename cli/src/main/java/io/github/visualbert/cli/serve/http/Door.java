package io.github.visualbert.cli.serve.http;

import java.util.Locale;

/**
 * A family of paths that one kind of client knows. The path alone decides the door, so that every
 * error has the shape which that client reads.
 */
public enum Door {
  /** This program's own. */
  ANSWERS(ErrorShape.PROBLEM),
  /** Hugging Face's visual question answering. */
  HF(ErrorShape.HUGGING_FACE),
  /** OpenAI's chat completions. */
  CHAT(ErrorShape.OPENAI),
  /** The Open Inference Protocol. */
  V2(ErrorShape.PLAIN),
  /** The page for people. */
  PAGE(ErrorShape.PROBLEM),
  /** Health, metrics, and the description of the interface. */
  OPERATION(ErrorShape.PROBLEM);

  private final ErrorShape errors;

  Door(ErrorShape errors) {
    this.errors = errors;
  }

  /** Returns the shape of the door's errors. */
  public ErrorShape errors() {
    return errors;
  }

  /** Returns the door of a request. */
  public static Door of(String method, String path) {
    if (path.equals("/")) {
      return method.equals("POST") ? HF : PAGE;
    }
    if (isBelow(path, "/v1/answers") || isBelow(path, "/v1/pictures")) {
      return ANSWERS;
    }
    if (isBelow(path, "/v1")) {
      return CHAT;
    }
    if (isBelow(path, "/models")) {
      return path.contains("/v1/") ? CHAT : HF;
    }
    if (isBelow(path, "/v2")) {
      return V2;
    }
    return isBelow(path, "/assets") ? PAGE : OPERATION;
  }

  private static boolean isBelow(String path, String folder) {
    return path.startsWith(folder)
        && (path.length() == folder.length() || path.charAt(folder.length()) == '/');
  }

  /** Returns the label of the door in metrics and logs. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
