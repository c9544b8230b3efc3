package io.github.visualbert.cli.detect.features;

import io.github.visualbert.cli.detector.RegionTable;
import io.github.visualbert.cli.file.NpyBytes;
import io.github.visualbert.cli.file.NpzWriter;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files that MMF's {@code extract_features_vmb.py} writes of a picture: {@code NAME.npy} with
 * the features, and the dictionary of its {@code NAME_info.npy} as the arrays of {@code
 * NAME_info.npz}, since the original is a pickle.
 */
record PythiaFiles(RegionDetector detector) implements FeatureWriter {
  @Override
  public String fileName(Path picture, String name) {
    return name + FeatureFormat.NPY.ending();
  }

  @Override
  public String contents() {
    return "pythia";
  }

  @Override
  public void write(Path target, List<NamedDetection> pictures, boolean alone) {
    Detection detection = FeatureWriter.only(pictures);
    String name = pictures.getFirst().name();
    Path info = target.resolveSibling(name + "_info" + FeatureFormat.NPZ.ending());
    try (AtomicFile first = AtomicFile.of(info);
        AtomicFile second = AtomicFile.of(target)) {
      writeInfo(first.unfinished(), detection);
      Files.write(second.unfinished(), NpyBytes.of(detection.features().tensor()));
      first.commit(); // first: who finds the features takes the picture for done
      second.commit();
    } catch (IOException e) {
      throw new OutputException(target, e);
    }
  }

  private void writeInfo(Path file, Detection detection) throws IOException {
    RegionTable table = RegionTable.of(detection);
    int count = detection.regions().size();
    try (NpzWriter npz = new NpzWriter(file)) {
      npz.add("bbox", Tensor.of(table.boxes(), count, 4));
      npz.add(
          "num_boxes",
          scalar(detection.regions().stream().filter(r -> r.selectionConfidence() != 0).count()));
      npz.add("objects", Tensor.of(table.objectIds(), count));
      npz.add("image_width", scalar(detection.width()));
      npz.add("image_height", scalar(detection.height()));
      npz.add("cls_prob", detector.classProbabilities(detection.features()));
    }
  }

  private static Tensor scalar(long value) {
    return Tensor.of(new long[] {value});
  }
}
