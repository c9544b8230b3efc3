package io.github.visualbert.spark;

import io.github.visualbert.ask.TaskName;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The functions for Java and Scala. A picture is a column of paths, of the bytes of PNG or JPEG
 * files, of structs of {@code bytes} or {@code content} and {@code path}, or of region features as
 * arrays. Options are a column {@code map('topK', '3')} or {@code named_struct(…)}.
 *
 * <p>The functions on columns need the session to have them, by {@link VisualBertExtensions} or
 * {@link #register}.
 */
public final class VisualBertFunctions {
  private VisualBertFunctions() {}

  /**
   * Gives an existing session the functions, as {@link VisualBertExtensions} gives them to a new
   * one.
   */
  public static void register(SparkSession session) {
    var state = ((org.apache.spark.sql.classic.SparkSession) session).sessionState();
    for (FunctionEntry entry : FunctionEntry.all()) {
      state
          .functionRegistry()
          .createOrReplaceTempFunction(entry.name(), entry.builder(), "java_udf");
    }
    state
        .tableFunctionRegistry()
        .createOrReplaceTempFunction(
            FunctionBuilders.ANSWERS, FunctionBuilders::answers, "java_udf");
  }

  /** Returns the answers to questions about pictures. */
  public static Column vqa(Column question, Column picture, Column... options) {
    return call(TaskName.VQA, options, question, picture);
  }

  /** Returns the truth of statements about pairs of pictures. */
  public static Column nlvr2(Column statement, Column left, Column right, Column... options) {
    return call(TaskName.NLVR2, options, statement, left, right);
  }

  /** Returns choices in the order of their probability; {@code choices} are arrays of strings. */
  public static Column vcr(Column question, Column choices, Column picture, Column... options) {
    return call(TaskName.VCR, options, question, choices, picture);
  }

  /** Returns the regions of phrases; {@code phrases} are arrays of words of the caption. */
  public static Column flickr(Column caption, Column phrases, Column picture, Column... options) {
    return call(TaskName.FLICKR, options, caption, phrases, picture);
  }

  /** Returns the words for each {@code [MASK]} of texts, or whether text and picture match. */
  public static Column pretrain(Column text, Column picture, Column... options) {
    return call(TaskName.PRETRAIN, options, text, picture);
  }

  /** Returns the pooled vectors of texts and pictures. */
  public static Column encode(Column text, Column picture, Column... options) {
    return call(TaskName.ENCODE, options, text, picture);
  }

  /** Returns the regions that a detector finds in pictures. */
  public static Column detect(Column picture, Column... options) {
    return call(DetectCall.NAME, options, picture);
  }

  private static Column call(TaskName task, Column[] options, Column... arguments) {
    return call(AskCall.name(task), options, arguments);
  }

  private static Column call(String name, Column[] options, Column... arguments) {
    Column[] all = java.util.Arrays.copyOf(arguments, arguments.length + options.length);
    System.arraycopy(options, 0, all, arguments.length, options.length);
    return functions.call_function(name, all);
  }

  /**
   * Returns the answers of a table, computed in batches when they are needed: {@code id}, {@code
   * error}, {@code truncated} and the columns of the task.
   *
   * @param table has {@code id} and the fields of {@code visualbert run --input}; region features
   *     are a column {@code visual_embeds}
   * @param task {@code vqa}, {@code nlvr2}, {@code vcr}, {@code flickr}, {@code pretrain} or {@code
   *     encode}
   * @param options by name, such as {@code model} and {@code topK}; those missing are the session's
   * @throws IllegalArgumentException when the task or an option is invalid
   * @throws io.github.visualbert.error.ModelException when the model cannot be used
   * @throws io.github.visualbert.error.InputException when the table lacks a column
   */
  public static Dataset<Row> answers(Dataset<Row> table, String task, Map<String, String> options) {
    TaskName known =
        TaskName.of(task)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "task is '%s', expected vqa, nlvr2, vcr, flickr, pretrain or encode"
                            .formatted(task)));
    var conf = table.sparkSession().conf();
    return BatchAnswers.of(
        table,
        known,
        new OptionMap("answers", task, options, key -> conf.getOption(key).getOrElse(() -> null)));
  }
}
