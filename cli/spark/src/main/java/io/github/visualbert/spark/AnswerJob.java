package io.github.visualbert.spark;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.ModelException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/**
 * Answers a table of questions: {@code spark-submit --class io.github.visualbert.spark.AnswerJob
 * visualbert-spark.jar --task vqa --input questions.parquet --output answers.parquet}.
 *
 * <p>Exit codes are those of {@code visualbert}: 0 all rows are answered, 1 the job failed, 2 wrong
 * usage, 3 invalid rows or input, 4 the model is invalid.
 */
public final class AnswerJob {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int BAD_INPUT = 3;
  private static final int BAD_MODEL = 4;

  private AnswerJob() {}

  /** Runs the job and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    int code = run(System.out, System.err, arguments);
    SparkSession.getActiveSession().foreach(AnswerJob::stop);
    System.exit(code);
  }

  private static Object stop(SparkSession session) {
    session.stop();
    return null;
  }

  /** Runs the job in the active session, or in one of its own, and returns the exit code. */
  static int run(PrintStream out, PrintStream err, String... arguments) {
    JobOptions options;
    try {
      options = JobOptions.of(arguments);
    } catch (JobOptions.UsageException e) {
      err.println("AnswerJob: " + e.getMessage());
      err.println(JobOptions.USAGE);
      return USAGE;
    }
    try {
      SparkSession session = SparkSession.builder().appName("visualbert answers").getOrCreate();
      AnswerSteps steps = AnswerSteps.of(session, options);
      AnswerSteps.Totals totals = steps.run();
      out.printf(
          "visualbert: %d rows, %d of them invalid, in %s%n",
          totals.rows(), totals.errors(), options.output());
      return totals.errors() > 0 ? BAD_INPUT : OK;
    } catch (IllegalArgumentException e) {
      return failed(err, e.getMessage(), USAGE);
    } catch (ModelException e) {
      return failed(err, e.getMessage(), BAD_MODEL);
    } catch (InputException e) {
      return failed(err, e.getMessage(), BAD_INPUT);
    } catch (IOException e) {
      return failed(err, e.toString(), BAD_INPUT);
    } catch (Exception e) { // of Spark, whose checked exceptions Java does not see
      return failed(err, e);
    }
  }

  /** Finds the reason for which a task failed on an executor, whose exception arrives as text. */
  private static int failed(PrintStream err, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause);
      String row = firstLine(text, InvalidRowException.class);
      if (row != null) {
        return failed(err, row, BAD_INPUT);
      }
      String model = firstLine(text, ModelException.class);
      if (model != null) {
        return failed(err, model, BAD_MODEL);
      }
    }
    failure.printStackTrace(err);
    return failed(err, String.valueOf(failure.getMessage()).lines().findFirst().orElse(""), FAILED);
  }

  private static String firstLine(String text, Class<?> exception) {
    Matcher found = Pattern.compile(Pattern.quote(exception.getName()) + ": (.*)").matcher(text);
    return found.find() ? found.group(1) : null;
  }

  private static int failed(PrintStream err, String why, int code) {
    err.println("visualbert: " + why);
    return code;
  }
}
