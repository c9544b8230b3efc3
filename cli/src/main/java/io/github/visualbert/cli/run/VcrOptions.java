package io.github.visualbert.cli.run;

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

/** The options of {@code run} that answer the annotations of VCR as they are published. */
final class VcrOptions {
  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description =
          "vcr: --input is VCR's own annotations, and this the folder of its pictures and their"
              + " metadata.")
  private Path images;

  @Option(
      names = "--rationales",
      description = "With --images: choose the rationale of the right answer, not the answer.")
  private boolean rationales;

  /** Returns whether the input is VCR's. */
  boolean given() {
    return images != null;
  }

  /**
   * Checks that the options are consistent.
   *
   * @param input the value of {@code --input}, or null
   * @throws ParameterException when they are not
   */
  void check(TaskName task, Path input) {
    if (images == null) {
      if (rationales) {
        throw usage("--rationales goes with --images");
      }
      return;
    }
    if (task != TaskName.VCR || input == null) {
      throw usage("--images goes with --task vcr and --input");
    }
    if (BatchFormat.require(input).isArrow()) {
      throw usage("--images goes with JSON lines, found --input " + input);
    }
    if (!Files.isDirectory(images)) {
      throw usage("--images " + images + ": expected a folder");
    }
  }

  /** Opens the rows of the input. */
  RowSource rows(Path input, VcrTower tower) {
    return new JsonRowSource(JsonLines.open(input), new VcrReader(tower, images, rationales));
  }

  /** Returns the identity of a run that these options determine, too. */
  RunIdentity identify(RunIdentity run, VcrTower tower) {
    return run.and("detector", tower.fingerprint())
        .and("--images", images.toString())
        .and("--rationales", Boolean.toString(rationales));
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
