package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.detector.RegionTable;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a detector tells of the regions of a picture, a row for each. */
enum RegionTensor {
  FEATURES("FP32") {
    @Override
    int columns(RegionDetector detector) {
      return detector.featureDim();
    }

    @Override
    Tensor of(Detection detection, RegionTable table, long[] shape) {
      return detection.features() == null
          ? Tensor.of(new float[0], shape)
          : detection.features().tensor();
    }
  },
  /** The left, upper, right and lower edge in pixels. */
  BOXES("FP32") {
    @Override
    int columns(RegionDetector detector) {
      return 4;
    }

    @Override
    Tensor of(Detection detection, RegionTable table, long[] shape) {
      return Tensor.of(table.boxes(), shape);
    }
  },
  /** The same as fractions of the picture's width and height. */
  NORMALIZED_BOXES("FP32") {
    @Override
    int columns(RegionDetector detector) {
      return 4;
    }

    @Override
    Tensor of(Detection detection, RegionTable table, long[] shape) {
      float[] boxes = table.boxes();
      for (int i = 0; i < boxes.length; i++) {
        boxes[i] /= i % 2 == 0 ? detection.width() : detection.height();
      }
      return Tensor.of(boxes, shape);
    }
  },
  OBJ_IDS("INT64") {
    @Override
    Tensor of(Detection detection, RegionTable table, long[] shape) {
      return Tensor.of(table.objectIds(), shape);
    }
  },
  OBJ_PROBS("FP32") {
    @Override
    Tensor of(Detection detection, RegionTable table, long[] shape) {
      return Tensor.of(table.objectProbs(), shape);
    }
  },
  ATTR_IDS("INT64") {
    @Override
    boolean isOf(RegionDetector detector) {
      return detector.attributeCount() > 0;
    }

    @Override
    Tensor of(Detection detection, RegionTable table, long[] shape) {
      return Tensor.of(table.attributeIds(), shape);
    }
  },
  ATTR_PROBS("FP32") {
    @Override
    boolean isOf(RegionDetector detector) {
      return detector.attributeCount() > 0;
    }

    @Override
    Tensor of(Detection detection, RegionTable table, long[] shape) {
      return Tensor.of(table.attributeProbs(), shape);
    }
  },
  /** What regions were selected by, where that is not the probability of the object. */
  CONF("FP32") {
    @Override
    boolean isOf(RegionDetector detector) {
      return detector.kind() != DetectorKind.BUTD;
    }

    @Override
    Tensor of(Detection detection, RegionTable table, long[] shape) {
      return Tensor.of(table.selectionProbs(), shape);
    }
  },
  /** Width and height of the picture in pixels. */
  IMAGE_SIZE("INT64") {
    @Override
    long[] shape(RegionDetector detector) {
      return new long[] {2};
    }

    @Override
    Tensor of(Detection detection, RegionTable table, long[] shape) {
      return Tensor.of(new long[] {detection.width(), detection.height()}, shape);
    }
  };

  private static final long ANY = -1;

  private final String datatype;

  RegionTensor(String datatype) {
    this.datatype = datatype;
  }

  /** Returns those that a detector tells. */
  static List<RegionTensor> of(RegionDetector detector) {
    return Arrays.stream(values()).filter(each -> each.isOf(detector)).toList();
  }

  String datatype() {
    return datatype;
  }

  /** Returns the shape, -1 for the number of regions. */
  long[] shape(RegionDetector detector) {
    int columns = columns(detector);
    return columns == 0 ? new long[] {ANY} : new long[] {ANY, columns};
  }

  /** Returns the numbers of a detection. */
  Tensor of(Detection detection, RegionDetector detector) {
    long[] shape = shape(detector);
    if (shape[0] == ANY) {
      shape[0] = detection.regions().size();
    }
    return of(detection, RegionTable.of(detection), shape);
  }

  abstract Tensor of(Detection detection, RegionTable table, long[] shape);

  /** Returns the numbers of a row, or 0 where it is one number and no row. */
  int columns(RegionDetector detector) {
    return 0;
  }

  boolean isOf(RegionDetector detector) {
    return true;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
