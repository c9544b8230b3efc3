package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.batch.arrow.ArrowJars;
import io.github.visualbert.cli.batch.arrow.ArrowUnavailableException;
import io.github.visualbert.cli.detect.draw.DrawingFile;
import io.github.visualbert.cli.detect.features.FeatureFileWriter;
import io.github.visualbert.cli.detect.features.FeatureFormat;
import io.github.visualbert.cli.detect.features.FeatureLayout;
import io.github.visualbert.cli.detect.features.FeatureWriter;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.file.AtomicFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of {@code detect} that name the files it writes. */
final class OutputOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--output",
      paramLabel = "FILE|DIR",
      description = {
        "Write the features, by the ending of the name as npy (of one picture), npz, safetensors,"
            + " tsv, arrow or jsonl;",
        "any other name is a folder, which gets a file for each picture."
      })
  private Path output;

  @Option(
      names = "--output-format",
      paramLabel = "FORMAT",
      description =
          "Of the files in a folder: npy, npz, safetensors (the default), tsv, arrow or jsonl.")
  private String outputFormat;

  @Option(
      names = "--box-columns",
      description =
          "Write six more columns: x1, y1, x2, y2, width and height of the box as fractions of the"
              + " picture, which some models expect.")
  private boolean boxColumns;

  @Option(
      names = "--resume",
      description = "Keep what an interrupted run with this --output and --resume has done.")
  private boolean resume;

  @Option(
      names = "--draw",
      paramLabel = "FILE|DIR",
      description =
          "Draw boxes and labels on the picture: .svg or .png; of several pictures, an .svg for"
              + " each in a folder.")
  private Path draw;

  @Option(
      names = "--min-confidence",
      paramLabel = "P",
      description = "Draw regions from this confidence on, 0.5 by default, and the best one.")
  private double minConfidence = 0.5;

  private FeatureFormat format;
  private FeatureLayout layout;

  /** Returns whether features or drawings are written. */
  boolean given() {
    return output != null || draw != null;
  }

  boolean resumes() {
    return resume;
  }

  double minConfidence() {
    return minConfidence;
  }

  /** Returns whether the features of all pictures go into one file. */
  boolean isFile() {
    return output != null && format != null && !isFolder();
  }

  private boolean isFolder() {
    return Files.isDirectory(output) || FeatureFormat.of(output).isEmpty();
  }

  /** Returns the folder beside the file that holds what is done. */
  Path partial() {
    return output.resolveSibling(output.getFileName() + ".partial");
  }

  /**
   * Checks that the options are consistent.
   *
   * @param one whether exactly one picture is named
   * @param ofFiles whose files are written; null for our own
   * @throws ParameterException when they are not
   */
  void check(boolean one, List<PictureFile> pictures, FeatureLayout ofFiles) {
    layout = ofFiles;
    Path[] inputs = pictures.stream().map(PictureFile::path).toArray(Path[]::new);
    if (output == null) {
      if (outputFormat != null || boxColumns || resume || layout != null) {
        throw usage(
            (resume
                    ? "--resume"
                    : boxColumns
                        ? "--box-columns"
                        : layout != null ? "--layout" : "--output-format")
                + " goes with --output");
      }
    } else {
      checkOutput(one, pictures, inputs);
    }
    if (!(minConfidence >= 0 && minConfidence <= 1)) {
      throw usage("--min-confidence is " + minConfidence + ", expected a number from 0 to 1");
    }
    if (draw != null && one) {
      OutputFile.require(command, "--draw", draw, inputs);
      if (!DrawingFile.supports(draw)) {
        throw usage("--draw " + draw + ": expected a name ending in .svg or .png");
      }
    } else if (draw != null && DrawingFile.supports(draw)) {
      throw usage("--draw " + draw + ": expected a folder for several pictures");
    }
  }

  private void checkLayout() {
    if (outputFormat != null || boxColumns) {
      throw usage(
          (boxColumns ? "--box-columns" : "--output-format")
              + " does not go with --layout, which says what the files hold");
    }
    if (!isFolder() && !FeatureFormat.of(output).equals(layout.single())) {
      throw usage(
          "--output %s: --layout %s writes a folder%s"
              .formatted(
                  output,
                  layout,
                  layout
                      .single()
                      .map(single -> ", or a file with a name ending in " + single.ending())
                      .orElse("")));
    }
  }

  private void checkOutput(boolean one, List<PictureFile> pictures, Path[] inputs) {
    if (layout != null) {
      checkLayout();
    }
    if (isFolder()) {
      format =
          outputFormat == null
              ? layout == null
                  ? FeatureFormat.SAFETENSORS
                  : layout.single().orElse(FeatureFormat.NPY)
              : FeatureFormat.of(outputFormat)
                  .orElseThrow(
                      () ->
                          usage(
                              "--output-format is '%s', expected one of %s"
                                  .formatted(outputFormat, FeatureFormat.names())));
      if (Files.exists(output) && !Files.isDirectory(output)) {
        throw usage(
            "--output %s: expected a folder, or a name ending in one of .%s"
                .formatted(output, FeatureFormat.names().replace(", ", ", .")));
      }
    } else {
      format = FeatureFormat.of(output).orElseThrow();
      if (outputFormat != null) {
        throw usage("--output-format goes with a folder for --output");
      }
      OutputFile.require(command, "--output", output, inputs);
      if (!one && !format.holdsMany()) {
        throw usage(
            "--output %s: a .npy file holds one picture; expected .npz, or a folder"
                .formatted(output));
      }
      if (resume && AtomicFile.isSpecial(output)) {
        throw usage("--resume needs a file or a folder for --output");
      }
    }
    if (format == FeatureFormat.TSV) {
      for (PictureFile picture : pictures) {
        if (picture.name().chars().anyMatch(c -> c < ' ')) {
          throw usage(
              picture.path() + ": its name has a control character, which .tsv cannot hold");
        }
      }
    }
    if (format == FeatureFormat.ARROW) {
      try {
        ArrowJars.load();
      } catch (ArrowUnavailableException e) {
        throw usage(e.getMessage());
      }
    }
  }

  /**
   * Opens the output of the features.
   *
   * @param one whether exactly one picture is named
   * @param cache returns the detection of a picture that was seen before
   */
  FeatureOutput open(RegionDetector detector, boolean one, Function<Path, Detection> cache) {
    FeatureWriter writer =
        layout == null
            ? new FeatureFileWriter(format, boxColumns)
            : layout.writer(detector, !isFolder());
    return isFolder()
        ? new FolderOutput(output, writer, detector, resume)
        : new FileOutput(output, writer, one, cache);
  }

  /** Returns whether features are written. */
  boolean writesFeatures() {
    return output != null;
  }

  /**
   * Draws a detection, if that is asked for.
   *
   * @param kind of the detector
   * @param one whether exactly one picture is named
   */
  void draw(PictureFile picture, DetectorKind kind, Detection detection, boolean one) {
    if (draw != null) {
      Path target =
          one ? draw : OutputFile.makeFolder(draw).resolve(picture.name() + DrawingFile.SVG);
      DrawingFile.write(target, picture.path(), kind, detection, minConfidence);
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
