package io.github.visualbert.spark;

import org.apache.spark.sql.SparkSessionExtensions;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Adds the SQL functions to every session, by {@code
 * spark.sql.extensions=io.github.visualbert.spark.VisualBertExtensions}: {@code
 * visualbert_vqa(question, picture[, options])} and a function for each other task, {@code
 * visualbert_detect(picture[, options])}, and the table function {@code
 * visualbert_answers('table'[, options])}.
 */
public final class VisualBertExtensions
    extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  /** Makes the extension; Spark does so by its name. */
  public VisualBertExtensions() {}

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    for (FunctionEntry entry : FunctionEntry.all()) {
      extensions.injectFunction(entry.asTuple());
    }
    extensions.injectTableFunction(FunctionEntry.answers());
    return BoxedUnit.UNIT;
  }
}
