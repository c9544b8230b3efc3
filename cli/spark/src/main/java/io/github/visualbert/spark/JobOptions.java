package io.github.visualbert.spark;

import io.github.visualbert.ask.TaskName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The command line of {@link AnswerJob}.
 *
 * @param options those of the model, by the names that SQL gives them
 * @param steps in how many parts the input is answered at most
 * @param partitions of a step; 0 for four a core
 */
record JobOptions(
    TaskName task,
    String input,
    String output,
    Map<String, String> options,
    boolean failFast,
    int steps,
    int partitions) {
  static final String USAGE =
      """
      usage: spark-submit --class io.github.visualbert.spark.AnswerJob visualbert-spark.jar
               --task vqa|nlvr2|vcr|flickr|pretrain|encode --input FILE --output DIR [--model DIR]
               [--detector DIR] [--preset authors|hf] [--labels FILE] [--provider auto|simd|scalar] [--top-k N]
               [--last-hidden-state] [--fail-fast] [--steps N] [--partitions N] [--no-check]\
      """;

  private static final int STEPS = 20;
  private static final Set<String> FLAGS =
      Set.of("--last-hidden-state", "--fail-fast", "--no-check");

  /** What the job's options are called in SQL. */
  private static final Map<String, String> NAMES =
      Map.of(
          "--model", "model",
          "--detector", "detector",
          "--preset", "preset",
          "--labels", "labels",
          "--provider", "provider",
          "--top-k", "topK");

  /** A command line that cannot be understood. */
  static final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  /**
   * Reads a command line.
   *
   * @throws UsageException when it is invalid
   */
  static JobOptions of(String... arguments) {
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i++) {
      String name = arguments[i];
      boolean known =
          FLAGS.contains(name)
              || NAMES.containsKey(name)
              || List.of("--task", "--input", "--output", "--steps", "--partitions").contains(name);
      if (!known) {
        throw new UsageException("unknown option '" + name + "'");
      }
      if (given.containsKey(name)) {
        throw new UsageException(name + " is given twice");
      }
      if (FLAGS.contains(name)) {
        given.put(name, "true");
      } else if (i + 1 == arguments.length) {
        throw new UsageException(name + " needs a value");
      } else {
        given.put(name, arguments[++i]);
      }
    }
    String name = required(given, "--task");
    TaskName task =
        TaskName.of(name)
            .orElseThrow(
                () ->
                    new UsageException(
                        "--task is '%s', expected vqa, nlvr2, vcr, flickr, pretrain or encode"
                            .formatted(name)));
    Map<String, String> options = new LinkedHashMap<>();
    NAMES.forEach(
        (option, inSql) -> {
          if (given.containsKey(option)) {
            options.put(inSql, given.get(option));
          }
        });
    if (given.containsKey("--last-hidden-state")) {
      options.put("lastHiddenState", "true");
    }
    if (given.containsKey("--no-check")) {
      options.put("check", "false");
    }
    boolean failFast = given.containsKey("--fail-fast");
    options.put("errors", failFast ? "fail" : "column");
    return new JobOptions(
        task,
        required(given, "--input"),
        required(given, "--output"),
        options,
        failFast,
        count(given, "--steps", STEPS),
        count(given, "--partitions", 0));
  }

  private static String required(Map<String, String> given, String name) {
    if (!given.containsKey(name)) {
      throw new UsageException("expected " + name);
    }
    return given.get(name);
  }

  private static int count(Map<String, String> given, String name, int absent) {
    String text = given.get(name);
    if (text == null) {
      return absent;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException _) {
      // reported below
    }
    throw new UsageException("%s is '%s', expected a whole number from 1 on".formatted(name, text));
  }
}
