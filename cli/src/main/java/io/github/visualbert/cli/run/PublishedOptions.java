package io.github.visualbert.cli.run;

import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.ask.VcrReader;
import io.github.visualbert.cli.batch.BatchFormat;
import io.github.visualbert.cli.batch.RowSource;
import io.github.visualbert.cli.batch.RunIdentity;
import io.github.visualbert.cli.batch.json.JsonRowSource;
import io.github.visualbert.cli.file.JsonLines;
import io.github.visualbert.detect.VcrTower;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of {@code run} that answer the annotations of VCR and Flickr30k as published. */
final class PublishedOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = {
        "vcr: --input is VCR's own annotations, and this the folder of its pictures and their"
            + " metadata; the model's own tower looks at them, or that of --detector.",
        "flickr: --input is the folder of Flickr30k Entities, and this that of the pictures."
      })
  private Path images;

  @Option(
      names = "--rationales",
      description = "vcr, with --images: choose the rationale of the right answer, not the answer.")
  private boolean rationales;

  @Option(
      names = "--split",
      paramLabel = "FILE",
      description =
          "flickr, with --images: the names of the pictures to ask about, one a line; all by"
              + " default.")
  private Path split;

  /** Returns whether the input is one of these. */
  boolean given() {
    return images != null;
  }

  /** Returns whether the input gives the regions of its pictures. */
  boolean givesRegions(TaskName task) {
    return given() && task == TaskName.VCR;
  }

  /** Returns whether the input is a folder. */
  boolean isFolder(TaskName task) {
    return given() && task == TaskName.FLICKR;
  }

  /**
   * Checks that the options are consistent.
   *
   * @param input the value of {@code --input}, or null
   * @throws ParameterException when they are not
   */
  void check(TaskName task, Path input) {
    if (images == null) {
      if (rationales || split != null) {
        throw usage((rationales ? "--rationales" : "--split") + " goes with --images");
      }
      return;
    }
    if (task != TaskName.VCR && task != TaskName.FLICKR || input == null) {
      throw usage("--images goes with --task vcr or flickr, and --input");
    }
    if (rationales && task != TaskName.VCR || split != null && task != TaskName.FLICKR) {
      throw usage(
          rationales ? "--rationales goes with --task vcr" : "--split goes with --task flickr");
    }
    if (task == TaskName.VCR && BatchFormat.require(input).isArrow()) {
      throw usage("--images goes with JSON lines, found --input " + input);
    }
    if (task == TaskName.FLICKR && !Files.isDirectory(input)) {
      throw usage(
          "--input %s: with --images, flickr expects the folder of Flickr30k Entities, or its"
                  .formatted(input)
              + " Sentences");
    }
    if (!Files.isDirectory(images)) {
      throw usage("--images " + images + ": expected a folder");
    }
  }

  /** Returns what paths are relative to, or what they are without these options. */
  Path imagesOr(Path folder) {
    return given() ? images : folder;
  }

  /**
   * Opens the rows of the input.
   *
   * @param tower looks at given regions; null for other tasks
   * @param pictures looks at pictures; closed with the rows that use it
   */
  RowSource rows(Path input, VcrTower tower, PictureCache pictures) {
    return tower == null
        ? new FlickrRows(FlickrFiles.of(input, split), images, pictures)
        : new JsonRowSource(JsonLines.open(input), new VcrReader(tower, images, rationales));
  }

  /** Returns the identity of a run that these options determine, too. */
  RunIdentity identify(RunIdentity run, Path input, VcrTower tower) {
    RunIdentity more = run.and("--images", images.toString());
    return tower == null
        ? more.andFiles("input", FlickrFiles.of(input, split).sentences())
        : more.and("detector", tower.fingerprint())
            .and("--rationales", Boolean.toString(rationales));
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
