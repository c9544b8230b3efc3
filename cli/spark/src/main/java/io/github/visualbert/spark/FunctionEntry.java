package io.github.visualbert.spark;

import io.github.visualbert.ask.TaskName;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.Function1;
import scala.Tuple3;
import scala.collection.immutable.Seq;

/**
 * A function as Spark registers it.
 *
 * @param usage what {@code describe function} says
 */
record FunctionEntry(String name, String usage, Function1<Seq<Expression>, Expression> builder) {

  /** Returns all scalar functions. */
  static List<FunctionEntry> all() {
    List<FunctionEntry> entries = new ArrayList<>();
    for (TaskName task : TaskName.values()) {
      String name = AskCall.name(task);
      entries.add(
          new FunctionEntry(
              name,
              "%s(%s[, options]) - Asks the VisualBERT model of the task %s; a picture is a path, the bytes of a PNG or JPEG, or features as an array."
                  .formatted(name, String.join(", ", AskCall.arguments(task)), task),
              given -> FunctionBuilders.ask(task, given)));
    }
    entries.add(
        new FunctionEntry(
            DetectCall.NAME,
            DetectCall.NAME + "(picture[, options]) - Finds the regions of a picture.",
            FunctionBuilders::detect));
    return entries;
  }

  private static ExpressionInfo info(String name, String usage) {
    return new ExpressionInfo(
        VisualBertExtensions.class.getName(),
        null,
        name,
        usage.replace(name + "(", "_FUNC_("),
        "",
        "",
        "",
        "",
        "",
        "",
        "");
  }

  Tuple3<FunctionIdentifier, ExpressionInfo, Function1<Seq<Expression>, Expression>> asTuple() {
    return new Tuple3<>(new FunctionIdentifier(name), info(name, usage), builder);
  }

  /** Returns the table function. */
  static Tuple3<FunctionIdentifier, ExpressionInfo, Function1<Seq<Expression>, LogicalPlan>>
      answers() {
    String name = FunctionBuilders.ANSWERS;
    return new Tuple3<>(
        new FunctionIdentifier(name),
        info(name, name + "('table'[, options]) - Answers the rows of a table in batches."),
        FunctionBuilders::answers);
  }
}
