package io.github.visualbert.cli.detect.draw;

import io.github.visualbert.cli.draw.EmbeddedPicture;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.picture.Picture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a detection drawn on its picture, as an SVG or a PNG by the ending of its name. */
public final class DrawingFile {
  public static final String SVG = ".svg";
  public static final String PNG = ".png";

  private static final int MAX_PICTURE_BYTES = 256 << 20;

  private DrawingFile() {}

  /** Returns whether a file's name has a supported ending. */
  public static boolean supports(Path file) {
    return file.toString().endsWith(SVG) || file.toString().endsWith(PNG);
  }

  /**
   * Writes a drawing, whole or not at all.
   *
   * @param picture the file that the detection is of
   * @param kind of the detector, which saw the picture turned upright or as it is stored
   * @param least the confidence from which on regions are drawn; the most confident one always is
   * @throws InputException when the picture cannot be read any more
   * @throws OutputException when the drawing cannot be written
   */
  public static void write(
      Path target, Path picture, DetectorKind kind, Detection detection, double least) {
    byte[] file = InputFiles.read(picture, "a picture", MAX_PICTURE_BYTES);
    Picture stored = Picture.decode(file, picture.toString());
    Picture pixels = kind.orient(stored);
    Drawing drawing = Drawing.of(detection, least);
    try (AtomicFile output = AtomicFile.of(target)) {
      byte[] bytes =
          target.toString().endsWith(SVG)
              ? SvgDrawing.text(drawing, EmbeddedPicture.of(file, stored, pixels))
                  .getBytes(StandardCharsets.UTF_8)
              : PngDrawing.encode(drawing, pixels);
      Files.write(output.unfinished(), bytes);
      output.commit();
    } catch (IOException e) {
      throw new OutputException(target, e);
    }
  }
}
