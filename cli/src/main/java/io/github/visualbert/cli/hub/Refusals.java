package io.github.visualbert.cli.hub;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns refusals of the hub into errors that say what to do.
 *
 * @param withToken whether a token was sent
 */
record Refusals(URI endpoint, boolean withToken) {
  private static final int LONGEST_QUOTE = 200;

  /** {@code "api";r=0;t=55}: no requests left, new ones in 55 seconds. */
  private static final Pattern RATE_LIMIT = Pattern.compile(";\\s*t\\s*=\\s*(\\d{1,9})");

  /**
   * Returns the failure to throw where a retry may help.
   *
   * @throws ModelException where it does not
   */
  TransientFailure of(URI uri, int status, HttpHeaders headers) {
    String said = headers.firstValue("X-Error-Message").orElse("");
    String message =
        "%s: %d%s"
            .formatted(shown(uri), status, said.isEmpty() ? "" : " (" + printable(said) + ")");
    if (status == 408 || status == 429 || status >= 500) {
      return new TransientFailure(message, wait(headers, status));
    }
    String code = headers.firstValue("X-Error-Code").orElse("");
    throw new ModelException(Kind.UNREADABLE, message + "; " + advice(status, code));
  }

  private String advice(int status, String code) {
    if (code.equals("GatedRepo")) {
      return "accept its owner's conditions on %s, and set HF_TOKEN to a token of that account"
          .formatted(endpoint);
    }
    return switch (status) {
      case 401 ->
          withToken
              ? "the hub does not accept the token of HF_TOKEN or of the token file: renew it"
              : "there is no such model, or it is not public: check its name, or set HF_TOKEN to"
                  + " a token that may read it";
      case 403 ->
          withToken ? "the token may not read this" : "set HF_TOKEN to a token that may read it";
      case 404 ->
          switch (code) {
            case "RevisionNotFound" -> "there is no such revision: check --revision";
            case "EntryNotFound" -> "the hub lists the file and does not have it";
            default -> "there is no such model: check its name and HF_ENDPOINT";
          };
      default -> "this is not an answer of a hub: check HF_ENDPOINT";
    };
  }

  /** Returns how long the hub asks to wait, or null. */
  private static Duration wait(HttpHeaders headers, int status) {
    String retryAfter = headers.firstValue("Retry-After").orElse("").strip();
    if (retryAfter.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(retryAfter));
    }
    if (!retryAfter.isEmpty()) {
      try {
        Instant at =
            ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        Duration until = Duration.between(Instant.now(), at);
        return until.isNegative() ? Duration.ZERO : until;
      } catch (DateTimeException e) {
        // In neither form: ignored.
      }
    }
    Matcher limit = RATE_LIMIT.matcher(headers.firstValue("RateLimit").orElse(""));
    return status == 429 && limit.find()
        ? Duration.ofSeconds(Long.parseLong(limit.group(1)))
        : null;
  }

  /**
   * Returns an address without its query, which can hold a signature that gives access to a file.
   */
  static String shown(URI uri) {
    String text = uri.toString();
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }

  /** Returns a text of a server, fit to show on a terminal. */
  static String printable(String text) {
    String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
    return clean.length() <= LONGEST_QUOTE ? clean : clean.substring(0, LONGEST_QUOTE) + "...";
  }
}
