package io.github.visualbert.spark;

import io.github.visualbert.ask.TaskName;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.ApplyFunctionExpression;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.classic.Dataset;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Makes expressions and plans of the calls in a query, on the driver. */
final class FunctionBuilders {
  static final String ANSWERS = "visualbert_answers";

  private FunctionBuilders() {}

  /**
   * Returns a call of a task's function.
   *
   * @throws IllegalArgumentException when an argument or option is invalid
   * @throws io.github.visualbert.error.ModelException when the model cannot be used
   */
  static Expression ask(TaskName task, Seq<Expression> given) {
    FunctionArguments arguments =
        new FunctionArguments(AskCall.name(task), AskCall.arguments(task), given);
    List<String> texts = task.columns();
    boolean files = false;
    for (int i = 0; i < AskCall.arguments(task).size(); i++) {
      if (i < texts.size()) {
        String name = texts.get(i);
        arguments.require(
            i,
            ValueTypes.isText(name, arguments.value(i).dataType()),
            ValueTypes.expectedText(name));
      } else {
        arguments.require(
            i,
            ValueTypes.isPictureOrRegions(arguments.value(i).dataType()),
            "a path, binary, struct<bytes, path>, array<array<float>> or array<float>");
        files |= ValueTypes.isFile(arguments.value(i).dataType());
      }
    }
    OptionMap options = arguments.options(task.toString());
    AskSettings settings = AskSettings.of(task, options);
    boolean check = options.flag("check", true);
    options.requireAllKnown();
    if (check) {
      DriverCheck.require(settings.model(), files);
    }
    return function(new AskCall(settings), arguments);
  }

  /**
   * Returns a call of {@code visualbert_detect}.
   *
   * @throws IllegalArgumentException when an argument or option is invalid
   * @throws io.github.visualbert.error.ModelException when the detector cannot be used
   */
  static Expression detect(Seq<Expression> given) {
    FunctionArguments arguments =
        new FunctionArguments(DetectCall.NAME, DetectCall.ARGUMENTS, given);
    arguments.require(
        0,
        ValueTypes.isPictureOrRegions(arguments.value(0).dataType())
            && !(arguments.value(0).dataType() instanceof org.apache.spark.sql.types.ArrayType),
        "a path, binary or struct<bytes, path>");
    OptionMap options = arguments.options("detect");
    DetectCall call =
        new DetectCall(
            DetectSettings.of(options), options.flag("features", false), options.errors());
    boolean check = options.flag("check", true);
    options.requireAllKnown();
    if (check) {
      DriverCheck.require(call.settings());
    }
    return function(call, arguments);
  }

  private static Expression function(RowCall call, FunctionArguments arguments) {
    List<Expression> inputs = arguments.inputs();
    RowFunction function =
        new RowFunction(call, inputs.stream().map(Expression::dataType).toList());
    return new ApplyFunctionExpression(
        function, CollectionConverters.asScala(new ArrayList<>(inputs)).toSeq());
  }

  /**
   * Returns the plan of {@code visualbert_answers('table'[, options])}.
   *
   * @throws IllegalArgumentException when an argument or option is invalid
   * @throws io.github.visualbert.error.VisualBertException when the model cannot be used, or the
   *     table lacks a column
   */
  static LogicalPlan answers(Seq<Expression> given) {
    FunctionArguments arguments = new FunctionArguments(ANSWERS, List.of("table"), given);
    Expression table = arguments.value(0);
    arguments.require(
        0, ValueTypes.isString(table.dataType()) && table.foldable(), "the name of a table");
    String name = table.eval(null).toString();
    OptionMap untasked = arguments.options(null);
    String task = untasked.text("task");
    TaskName known =
        task == null
            ? TaskName.VQA
            : TaskName.of(task)
                .orElseThrow(
                    () ->
                        untasked.refusal(
                            "task", task, "vqa, nlvr2, vcr, flickr, pretrain or encode"));
    OptionMap options = arguments.options(known.toString());
    options.text("task");
    var rows = BatchAnswers.of(SparkSession.active().table(name), known, options);
    return ((Dataset<?>) rows).queryExecution().analyzed();
  }
}
