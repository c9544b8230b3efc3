package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.detect.features.FeatureWriter;
import io.github.visualbert.cli.detect.features.NamedDetection;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder with a file of features for each picture, by the picture's name.
 *
 * <p>With {@code --resume} the folder says in {@value #IDENTITY} which detector its files are of.
 * Those that are there, and newer than their pictures, are kept.
 */
final class FolderOutput implements FeatureOutput {
  static final String IDENTITY = ".visualbert-detect";

  private static final int MAX_IDENTITY_BYTES = 1 << 12;

  private final Path folder;
  private final FeatureWriter writer;
  private final boolean resume;

  /**
   * Opens a folder.
   *
   * @param folder made when it is missing
   * @param resume whether to keep the files that are there
   * @throws InputException when its files are of another detector, or of other columns
   */
  FolderOutput(Path folder, FeatureWriter writer, RegionDetector detector, boolean resume) {
    this.folder = OutputFile.makeFolder(folder);
    this.writer = writer;
    this.resume = resume && isOf(detector);
  }

  /** Returns whether there are files of the same run; says which run the files are of. */
  private boolean isOf(RegionDetector detector) {
    Path file = folder.resolve(IDENTITY);
    String run =
        "%s %d %d %s"
            .formatted(
                detector.fingerprint(),
                detector.minDetections(),
                detector.maxDetections(),
                writer.contents());
    if (!Files.exists(file)) {
      OutputFile.write(file, text -> text.write(run + "\n"));
      return false;
    }
    String earlier =
        new String(
                TextFiles.read(file, "the identity of the run to resume", MAX_IDENTITY_BYTES),
                StandardCharsets.UTF_8)
            .strip();
    if (!earlier.equals(run)) {
      throw new InputException(
          Kind.MISMATCH,
          folder
              + ": holds features of another detector or other columns; expected a new folder, or"
              + " no --resume");
    }
    return true;
  }

  private Path file(PictureFile picture) {
    return folder.resolve(writer.fileName(picture.path(), picture.name()));
  }

  @Override
  public boolean holds(PictureFile picture) {
    Path file = file(picture);
    try {
      return resume
          && Files.exists(file)
          && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(picture.path()))
              >= 0;
    } catch (IOException e) {
      return false; // reading the picture reports it
    }
  }

  /**
   * Writes the picture's file.
   *
   * @throws OutputException when that fails
   */
  @Override
  public void add(PictureFile picture, Detection detection) {
    writer.write(file(picture), List.of(new NamedDetection(picture.name(), () -> detection)), true);
  }

  @Override
  public void finish() {}

  @Override
  public void close() {}
}
