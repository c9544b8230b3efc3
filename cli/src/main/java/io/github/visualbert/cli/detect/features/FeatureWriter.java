package io.github.visualbert.cli.detect.features;

import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.detect.Detection;
import java.nio.file.Path;
import java.util.List;

/** Writes files of region features, which appear whole or not at all. */
public interface FeatureWriter {
  /** Returns the name that the file of a picture gets in a folder. */
  String fileName(Path picture, String name);

  /** Returns what the files hold, in a word for the identity of a run. */
  String contents();

  /**
   * Writes a file.
   *
   * @param alone whether it is the file of one picture, whatever its name
   * @throws OutputException when that fails; then a file of that name is as it was
   */
  void write(Path target, List<NamedDetection> pictures, boolean alone);

  /** Returns the only picture of a file. */
  static Detection only(List<NamedDetection> pictures) {
    return pictures.getFirst().detection().get();
  }
}
