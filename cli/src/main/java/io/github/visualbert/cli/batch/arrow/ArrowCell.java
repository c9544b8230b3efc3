package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;

/** One value of a column, found behind its dictionary or extension type. */
record ArrowCell(FieldVector vector, int row) {
  /**
   * Finds a value.
   *
   * @throws InputException when it points outside its dictionary
   */
  static ArrowCell of(ArrowBatches batches, FieldVector column, int row) {
    FieldVector values = batches.values(column);
    if (column.getField().getDictionary() == null) {
      return new ArrowCell(values, row);
    }
    if (column.isNull(row)) {
      return new ArrowCell(column, row);
    }
    long index = ((BaseIntVector) column).getValueAsLong(row);
    if (index < 0 || index >= values.getValueCount()) {
      throw new InputException(
          Kind.MALFORMED,
          "%s points to value %d of a dictionary of %d"
              .formatted(column.getName(), index, values.getValueCount()));
    }
    return new ArrowCell(values, (int) index);
  }

  boolean isNull() {
    return vector.isNull(row);
  }
}
