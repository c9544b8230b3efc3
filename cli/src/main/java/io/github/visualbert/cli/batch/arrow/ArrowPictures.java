package io.github.visualbert.cli.batch.arrow;

import io.github.visualbert.ask.RowPicture;
import io.github.visualbert.ask.RowPictures;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * A column of pictures: names of files, the bytes of files, or structs of {@code bytes} and {@code
 * path}, of which either may be null and bytes go first; or lists of these.
 */
final class ArrowPictures {
  private final ArrowBatches batches;
  private final ArrowTypes types;
  private final FieldVector column;

  ArrowPictures(ArrowBatches batches, FieldVector column) {
    this.batches = batches;
    this.types = new ArrowTypes(batches);
    this.column = column;
  }

  /** Returns whether the column has one of these types. */
  boolean isReadable() {
    return isPicture(column) || types.isListOf(column, this::isPicture);
  }

  private boolean isPicture(FieldVector values) {
    return types.isText(values)
        || !isFeatures() && (types.isBinary(values) || types.isPictureStruct(values));
  }

  private boolean isFeatures() {
    return column.getName().equals(RowPictures.FEATURES);
  }

  /** Returns the exception for a column of another type. */
  InputException refusal() {
    return new InputException(
        Kind.MISMATCH,
        "%s: expected %s, or lists of them, found %s"
            .formatted(
                column.getName(),
                isFeatures()
                    ? "names of files (the numbers themselves are a column visual_embeds)"
                    : "paths, the bytes of PNG or JPEG files, or structs of bytes and path",
                types.describe(column)));
  }

  boolean isNull(int row) {
    return ArrowCell.of(batches, column, row).isNull();
  }

  /**
   * Returns the pictures of a row that is not null.
   *
   * @throws InputException when one is missing
   */
  RowPictures pictures(int row) {
    String field = column.getName();
    ArrowValues values = new ArrowValues(batches, field);
    ArrowCell cell = ArrowCell.of(batches, column, row);
    List<RowPicture> pictures = new ArrayList<>();
    if (ArrowList.elements(cell.vector()) == null) {
      pictures.add(picture(cell, field, values));
    } else {
      ArrowList list = values.list(cell.vector(), cell.row());
      for (int i = list.begin(); i < list.end(); i++) {
        ArrowCell element = ArrowCell.of(batches, list.of(), i);
        pictures.add(picture(element, "%s[%d]".formatted(field, i - list.begin()), values));
      }
    }
    return new RowPictures(field, pictures);
  }

  private RowPicture picture(ArrowCell cell, String place, ArrowValues values) {
    if (cell.isNull()) {
      throw new InputException(Kind.MALFORMED, place + ": expected a picture, found nothing");
    }
    if (types.isBinary(cell.vector())) {
      return new RowPicture.Encoded(values.picture(cell), place);
    }
    if (!(cell.vector() instanceof StructVector struct)) {
      String text = values.text(cell);
      return isFeatures() ? new RowPicture.FeatureName(text) : RowPicture.of(text, place);
    }
    ArrowCell bytes = child(struct, "bytes", cell.row());
    ArrowCell path = child(struct, "path", cell.row());
    String file = path == null ? null : values.text(path);
    if (bytes != null) {
      return new RowPicture.Encoded(values.picture(bytes), RowPicture.name(place, file));
    }
    if (file == null) {
      throw new InputException(Kind.MALFORMED, place + ": expected bytes or a path, found neither");
    }
    return RowPicture.of(file, place);
  }

  /** Returns a value of a struct, or null where it is null. */
  private ArrowCell child(StructVector struct, String name, int row) {
    FieldVector values = struct.getChild(name);
    if (values == null) {
      return null;
    }
    ArrowCell cell = ArrowCell.of(batches, values, row);
    return cell.isNull() ? null : cell;
  }
}
