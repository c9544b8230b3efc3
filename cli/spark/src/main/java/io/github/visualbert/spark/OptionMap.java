package io.github.visualbert.spark;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Options by name: those that a call gives, else {@code spark.visualbert.TASK.NAME} of the session,
 * else {@code spark.visualbert.NAME}.
 */
final class OptionMap {
  static final String PREFIX = "spark.visualbert.";

  private final String call;
  private final String task; // or null
  private final Map<String, String> given;
  private final Function<String, String> session;
  private final Set<String> known = new TreeSet<>();

  /**
   * Makes a view of the options of a call.
   *
   * @param call what messages begin with
   * @param task the second part of a session's keys; null for none
   * @param session returns a setting of the session, or null
   */
  OptionMap(String call, String task, Map<String, String> given, Function<String, String> session) {
    this.call = call;
    this.task = task;
    this.given = new TreeMap<>(given);
    this.session = session;
  }

  /** Returns an option as it is given, or null. */
  String text(String name) {
    known.add(name);
    if (given.containsKey(name)) {
      return given.get(name);
    }
    String ofTask = task == null ? null : session.apply(PREFIX + task + "." + name);
    return ofTask != null ? ofTask : session.apply(PREFIX + name);
  }

  /** Returns a number of at least 1. */
  int count(String name, int absent) {
    String text = text(name);
    if (text == null) {
      return absent;
    }
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException _) {
      // reported below
    }
    throw refusal(name, text, "a whole number from 1 on");
  }

  /** Returns true or false. */
  boolean flag(String name, boolean absent) {
    String text = text(name);
    return switch (text == null ? Boolean.toString(absent) : text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refusal(name, text, "true or false");
    };
  }

  /** Returns what to do with a row that has no answer. */
  ErrorMode errors() {
    String text = text("errors");
    return text == null
        ? ErrorMode.NULL
        : ErrorMode.of(text)
            .orElseThrow(() -> refusal("errors", text, String.join(", ", ErrorMode.names())));
  }

  /** Makes the exception for an option of a wrong value. */
  IllegalArgumentException refusal(String name, String found, String expected) {
    return new IllegalArgumentException(
        "%s: option %s is '%s', expected %s".formatted(call, name, found, expected));
  }

  /**
   * Checks that every option that was given was asked for.
   *
   * @throws IllegalArgumentException when one was not
   */
  void requireAllKnown() {
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "%s: unknown option '%s', expected one of %s"
                .formatted(call, name, String.join(", ", known)));
      }
    }
  }
}
