package io.github.visualbert.cli.detector;

import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException;
import io.github.visualbert.internal.file.InputFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A folder of detections, each under the digest of its picture's bytes and of everything about the
 * detector that decides it.
 *
 * <p>So a picture that is renamed is found and one that is changed is not, and any number of
 * programs and detectors may share a folder: files appear whole, and two of one name are equal. A
 * damaged file is replaced. Nothing is ever removed. Thread-safe.
 */
public final class DetectionCache {
  private static final int MAX_PICTURE_BYTES = 256 << 20;

  private final Path folder;
  private final RegionDetector detector;

  /**
   * Opens a cache.
   *
   * @param folder made when it is missing
   * @throws OutputException when it cannot be made
   */
  public DetectionCache(Path folder, RegionDetector detector) {
    this.folder = OutputFile.makeFolder(folder);
    this.detector = detector;
  }

  /**
   * Returns the detection of a picture file, computed if need be.
   *
   * @throws InputException when the picture cannot be used
   * @throws OutputException when the folder cannot be written to
   */
  public Detection detect(Path picture) {
    return detect(InputFiles.read(picture, "a picture", MAX_PICTURE_BYTES), picture.toString());
  }

  /** Returns the detection of a picture whose file is in memory, as {@link #detect(Path)} does. */
  public Detection detect(byte[] picture, String name) {
    Path file = file(picture);
    if (Files.exists(file)) {
      try {
        return DetectionFile.read(file, name, detector);
      } catch (VisualBertException _) {
        // damaged: it is written again
      }
    }
    Detection detection = detector.detect(picture, name);
    try {
      DetectionFile.write(file, detection);
    } catch (IOException e) {
      throw new OutputException(file, e);
    }
    return detection;
  }

  /** Returns where the detection of a picture is, or will be. */
  Path file(byte[] picture) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
    String settings =
        "%s %d %d\n"
            .formatted(detector.fingerprint(), detector.minDetections(), detector.maxDetections());
    sha.update(settings.getBytes(StandardCharsets.US_ASCII));
    return folder.resolve(HexFormat.of().formatHex(sha.digest(picture)) + ".safetensors");
  }
}
