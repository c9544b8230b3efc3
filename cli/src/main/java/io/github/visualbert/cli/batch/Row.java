package io.github.visualbert.cli.batch;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.Request;
import io.github.visualbert.internal.json.JsonValue;

/** A row of a batch file: a request, or an error. */
public sealed interface Row {
  /** Returns the place of the row for messages, such as {@code line 3}. */
  String place();

  /** A valid row. */
  record Asked(String place, Request request) implements Row {}

  /** An invalid row. */
  record Faulty(String place, Reply.Failed reply) implements Row {
    /** Returns the row that does not fit in memory, for example because of a huge picture. */
    public static Faulty ofMemory(String place, JsonValue id) {
      return new Faulty(place, new Reply.Failed(id, place + ": " + OUT_OF_MEMORY));
    }
  }

  /** The error of a row that does not fit in memory. */
  String OUT_OF_MEMORY =
      "needs more memory than there is; give the program more, with VISUALBERT_JAVA_OPTIONS=-Xmx4g";
}
