package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.LargeListViewVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;

/**
 * The elements of one list, of whatever kind of list.
 *
 * @param of the vector with the elements of all lists
 * @param end exclusive
 */
record ArrowList(FieldVector of, int begin, int end) {
  /** Returns the vector with the elements of all lists, or null where a vector holds no lists. */
  static FieldVector elements(FieldVector lists) {
    return switch (lists) {
      case FixedSizeListVector fixed -> fixed.getDataVector();
      case ListVector list -> list.getDataVector();
      case LargeListVector list -> list.getDataVector();
      case ListViewVector views -> views.getDataVector();
      case LargeListViewVector views -> views.getDataVector();
      default -> null;
    };
  }

  /**
   * Returns the elements of one list of a vector that holds lists.
   *
   * @param name of the column, for messages
   * @throws InputException when the list is not within its elements
   */
  static ArrowList of(FieldVector lists, int row, String name) {
    FieldVector elements = elements(lists);
    long at = row;
    long begin;
    long end;
    switch (lists) {
      case FixedSizeListVector fixed -> {
        begin = at * fixed.getListSize();
        end = begin + fixed.getListSize();
      }
      case ListVector list -> {
        begin = list.getOffsetBuffer().getInt(at * 4);
        end = list.getOffsetBuffer().getInt((at + 1) * 4);
      }
      case LargeListVector list -> {
        begin = list.getOffsetBuffer().getLong(at * 8);
        end = list.getOffsetBuffer().getLong((at + 1) * 8);
      }
      case ListViewVector views -> {
        begin = views.getOffsetBuffer().getInt(at * 4);
        end = begin + views.getSizeBuffer().getInt(at * 4);
      }
      case LargeListViewVector views -> {
        begin = views.getOffsetBuffer().getLong(at * 8);
        end = begin + views.getSizeBuffer().getLong(at * 8);
      }
      default -> throw new IllegalArgumentException(lists.getField().toString());
    }
    if (begin < 0 || end < begin || end > elements.getValueCount()) {
      throw new InputException(
          Kind.MALFORMED,
          "%s is a list from %d to %d of %d elements"
              .formatted(name, begin, end, elements.getValueCount()));
    }
    return new ArrowList(elements, (int) begin, (int) end);
  }

  int count() {
    return end - begin;
  }
}
