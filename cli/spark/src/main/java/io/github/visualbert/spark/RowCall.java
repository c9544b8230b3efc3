package io.github.visualbert.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/**
 * What a SQL function computes of one row. Implementations are records, so equal calls are equal:
 * Spark computes them once.
 */
interface RowCall extends Serializable {
  /** Returns the name of the function. */
  String name();

  DataType resultType();

  /** Returns the names of the arguments without the options, for messages. */
  List<String> arguments();

  /**
   * Makes what computes on this node; it is used by one thread at a time.
   *
   * @throws io.github.visualbert.error.ModelException when a model cannot be opened
   */
  Computation open();

  /** Computes rows. */
  @FunctionalInterface
  interface Computation {
    /**
     * Returns the result of a row as {@code CatalystTypeConverters} take it.
     *
     * @param arguments texts, pictures as {@link PictureValues} takes them
     * @param id what messages call the row; null when it is not known
     * @throws InvalidRowException when the row is invalid, and errors fail
     */
    Object compute(Object[] arguments, Object id);
  }
}
