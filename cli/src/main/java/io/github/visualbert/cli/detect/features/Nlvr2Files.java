package io.github.visualbert.cli.detect.features;

import io.github.visualbert.cli.detector.RegionTable;
import io.github.visualbert.cli.file.NpzWriter;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.tensor.DType;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * The files that the authors' {@code extract_image_features_nlvr.py} writes, under the name of the
 * picture's file with its ending: {@code NAME.npz} of each, or all of them in one file. The latter
 * is a pickle of tuples in the original; here it is safetensors, and {@code NAME.0}, {@code .1} and
 * {@code .2} are the parts of a tuple: features, boxes and confidences.
 *
 * @param single whether there is one file
 */
record Nlvr2Files(boolean single) implements FeatureWriter {
  @Override
  public String fileName(Path picture, String name) {
    return picture.getFileName() + FeatureFormat.NPZ.ending();
  }

  @Override
  public String contents() {
    return "nlvr2";
  }

  @Override
  public void write(Path target, List<NamedDetection> pictures, boolean alone) {
    try (AtomicFile file = AtomicFile.of(target)) {
      if (single) {
        writeAll(file.unfinished(), pictures);
      } else {
        write(file.unfinished(), FeatureWriter.only(pictures));
      }
      file.commit();
    } catch (IOException e) {
      throw new OutputException(target, e);
    }
  }

  private static void write(Path file, Detection detection) throws IOException {
    try (NpzWriter npz = new NpzWriter(file)) {
      npz.add("box_features", detection.features().tensor());
      npz.add("max_conf", doubles(confidences(detection)));
      npz.add("cls_boxes", boxes(detection));
    }
  }

  private static void writeAll(Path file, List<NamedDetection> pictures) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (NamedDetection picture : pictures) {
      List<Tensor> shapes = tuple(picture.detection().get());
      String name = Path.of(picture.detection().get().source()).getFileName().toString();
      for (int i = 0; i < shapes.size(); i++) {
        int part = i;
        writer.add(
            name + "." + part,
            DType.F32,
            shapes.get(part).shape(),
            () -> tuple(picture.detection().get()).get(part).data());
      }
    }
    writer.write(file);
  }

  private static List<Tensor> tuple(Detection detection) {
    return List.of(detection.features().tensor(), boxes(detection), confidences(detection));
  }

  private static Tensor boxes(Detection detection) {
    return Tensor.of(RegionTable.of(detection).boxes(), detection.regions().size(), 4);
  }

  private static Tensor confidences(Detection detection) {
    return Tensor.of(RegionTable.of(detection).selectionProbs(), detection.regions().size());
  }

  /** The original collects confidences in NumPy's default type. */
  private static Tensor doubles(Tensor floats) {
    double[] values = new double[(int) floats.elementCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats.getFloat(i);
    }
    return new Tensor(DType.F64, floats.shape(), MemorySegment.ofArray(values));
  }
}
