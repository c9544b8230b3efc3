package io.github.visualbert.spark;

import io.github.visualbert.ask.TaskName;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The answers of a table, computed in batches: its ids, then the columns of {@link ReplyRows}. */
final class BatchAnswers {
  private BatchAnswers() {}

  /**
   * Returns the answers of a table, not yet computed.
   *
   * @throws IllegalArgumentException when an option is invalid
   * @throws io.github.visualbert.error.VisualBertException when the model cannot be used, or the
   *     table lacks a column
   */
  static Dataset<Row> of(Dataset<Row> table, TaskName task, OptionMap options) {
    AskSettings settings = AskSettings.of(task, options);
    boolean check = options.flag("check", true);
    options.requireAllKnown();
    if (check) {
      DriverCheck.require(settings.model(), new TaskColumns(task, table.schema()).areFiles());
    }
    return of(table, settings);
  }

  /**
   * Returns the answers of a table, not yet computed.
   *
   * @throws io.github.visualbert.error.InputException when the table lacks a column
   */
  static Dataset<Row> of(Dataset<Row> table, AskSettings settings) {
    TaskColumns columns = new TaskColumns(settings.task(), table.schema());
    Column[] read = columns.names().stream().map(BatchAnswers::quoted).toArray(Column[]::new);
    StructType schema = schema(settings, table.schema());
    return table
        .select(read)
        .mapPartitions(new PartitionAnswers(settings, columns), Encoders.row(schema));
  }

  /** Returns a column by its name, which may have dots. */
  static Column quoted(String name) {
    return org.apache.spark.sql.functions.col("`" + name + "`");
  }

  private static StructType schema(AskSettings settings, StructType table) {
    List<StructField> fields = new ArrayList<>();
    fields.add(table.apply(TaskColumns.ID));
    fields.addAll(List.of(ReplyRows.schema(settings).fields()));
    return new StructType(fields.toArray(StructField[]::new));
  }
}
