package io.github.visualbert.spark;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.types.DataType;
import scala.Function1;

/**
 * A call as a function of Spark. Deterministic, and equal to another of the same call: Spark then
 * computes a call that a query names several times once. Where it still asks again about the row it
 * asked about last, as for a filter and a column of the same call, the answer is remembered.
 */
final class RowFunction implements ScalarFunction<Object> {
  private static final long serialVersionUID = 1L;

  private final RowCall call;

  @SuppressWarnings("serial") // every DataType is serializable
  private final DataType[] types; // of the arguments, and of the id if there is one

  private transient ArgumentReader[] readers;
  private transient Function1<Object, Object> result;
  private transient TaskMemo local; // where no task runs

  RowFunction(RowCall call, List<DataType> types) {
    this.call = call;
    this.types = types.toArray(DataType[]::new);
  }

  @Override
  public DataType[] inputTypes() {
    return types.clone();
  }

  @Override
  public DataType resultType() {
    return call.resultType();
  }

  @Override
  public String name() {
    return call.name();
  }

  @Override
  public String canonicalName() {
    return "io.github.visualbert." + call.name();
  }

  @Override
  public boolean isDeterministic() {
    return true;
  }

  @Override
  public synchronized Object produceResult(InternalRow row) {
    if (readers == null) {
      readers = Arrays.stream(types).map(ArgumentReader::of).toArray(ArgumentReader[]::new);
      result = CatalystTypeConverters.createToCatalystConverter(call.resultType());
    }
    int arguments = call.arguments().size();
    Object[] values = new Object[arguments];
    for (int i = 0; i < arguments; i++) {
      values[i] = row.isNullAt(i) ? null : readers[i].read(row, i);
    }
    Object id =
        types.length > arguments && !row.isNullAt(arguments)
            ? readers[arguments].read(row, arguments)
            : null;
    TaskMemo memo = TaskMemo.of(this, call);
    if (memo == null) {
      local = local == null ? new TaskMemo(call) : local;
      memo = local;
    }
    return memo.result(values, id, result);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowFunction that
        && call.equals(that.call)
        && Arrays.equals(types, that.types);
  }

  @Override
  public int hashCode() {
    return 31 * call.hashCode() + Arrays.hashCode(types);
  }

  @Override
  public String toString() {
    return call.name();
  }
}
