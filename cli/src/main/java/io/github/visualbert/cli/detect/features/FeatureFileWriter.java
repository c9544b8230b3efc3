package io.github.visualbert.cli.detect.features;

import io.github.visualbert.cli.detector.DetectionFile;
import io.github.visualbert.cli.detector.RegionJson;
import io.github.visualbert.cli.file.NpyBytes;
import io.github.visualbert.cli.file.NpzWriter;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes a file of region features, which appears whole or not at all.
 *
 * <p>A file of one picture names its arrays as the published ones do; in a file of several, the
 * picture's name finds its features.
 *
 * @param boxColumns whether a row ends with its box as fractions of the picture
 */
public record FeatureFileWriter(FeatureFormat format, boolean boxColumns) implements FeatureWriter {
  @Override
  public String fileName(Path picture, String name) {
    return name + format.ending();
  }

  @Override
  public String contents() {
    return boxColumns ? "box-columns" : "features";
  }

  @Override
  public void write(Path target, List<NamedDetection> pictures, boolean alone) {
    try (AtomicFile file = AtomicFile.of(target)) {
      Path unfinished = file.unfinished();
      switch (format) {
        case NPY -> Files.write(unfinished, NpyBytes.of(rows(FeatureWriter.only(pictures))));
        case NPZ -> writeNpz(unfinished, pictures, alone);
        case SAFETENSORS -> writeSafetensors(unfinished, pictures, alone);
        case TSV -> TsvFeatures.BOTTOM_UP.write(unfinished, pictures, this::rows);
        case ARROW -> ArrowFeatures.write(unfinished, pictures, this::rows);
        case JSONL -> writeJsonLines(unfinished, pictures);
      }
      file.commit();
    } catch (IOException e) {
      throw new OutputException(target, e);
    }
  }

  /** Returns the rows that a file gets for the regions of a picture, (regions, columns). */
  private Tensor rows(Detection detection) {
    return (boxColumns ? detection.featuresWithBoxColumns() : detection.features()).tensor();
  }

  private void writeNpz(Path file, List<NamedDetection> pictures, boolean alone)
      throws IOException {
    try (NpzWriter npz = new NpzWriter(file)) {
      if (alone) {
        Detection detection = FeatureWriter.only(pictures);
        for (Map.Entry<String, Tensor> each : tensors(detection).entrySet()) {
          npz.add(each.getKey(), each.getValue());
        }
      } else {
        for (NamedDetection picture : pictures) {
          npz.add(picture.name(), rows(picture.detection().get()));
        }
      }
    }
  }

  private Map<String, Tensor> tensors(Detection detection) {
    Map<String, Tensor> tensors = DetectionFile.tensors(detection);
    tensors.replace(DetectionFile.FEATURES, rows(detection));
    return tensors;
  }

  private void writeSafetensors(Path file, List<NamedDetection> pictures, boolean alone)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (NamedDetection picture : pictures) {
      String prefix = alone ? "" : picture.name() + ".";
      tensors(picture.detection().get())
          .forEach(
              (name, tensor) ->
                  writer.add(
                      prefix + name,
                      tensor.dtype(),
                      tensor.shape(),
                      () -> tensors(picture.detection().get()).get(name).data()));
    }
    writer.write(file);
  }

  private void writeJsonLines(Path file, List<NamedDetection> pictures) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (NamedDetection picture : pictures) {
        Detection detection = picture.detection().get();
        out.write(RegionJson.withFeatures(detection, rows(detection)));
        out.write('\n');
      }
    }
  }
}
