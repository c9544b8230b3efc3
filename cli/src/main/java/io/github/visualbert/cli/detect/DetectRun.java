package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.cli.console.ProgressBar;
import io.github.visualbert.cli.detector.RegionJson;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.error.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Looks at pictures one after the other. One that cannot be used does not stop the rest. */
final class DetectRun {
  private final ConsoleCommand command;
  private final Function<Path, Detection> eyes;
  private final DetectorKind kind;
  private final OutputOptions output;
  private final boolean json;
  private final boolean one;
  private final RegionTableText table;
  private int errors;

  /**
   * Makes a run.
   *
   * @param command receives the regions and the errors
   * @param eyes returns the detection of a picture
   * @param kind of the detector
   * @param one whether exactly one picture is named
   */
  DetectRun(
      ConsoleCommand command,
      Function<Path, Detection> eyes,
      DetectorKind kind,
      OutputOptions output,
      boolean json,
      boolean one) {
    this.command = command;
    this.eyes = eyes;
    this.kind = kind;
    this.output = output;
    this.json = json;
    this.one = one;
    this.table = new RegionTableText(command.out());
  }

  /**
   * Looks at all pictures.
   *
   * @param features receives them, or null
   * @return the exit code
   */
  int run(List<PictureFile> pictures, FeatureOutput features) {
    try (ProgressBar bar = ProgressBar.on(command.err())) {
      int done = 0;
      for (PictureFile picture : pictures) {
        if (features == null || !features.holds(picture)) {
          Detection detection = detect(picture, bar);
          if (detection != null) {
            if (features != null) {
              features.add(picture, detection);
            }
            output.draw(picture, kind, detection, one);
            bar.erase();
            print(detection);
          }
        }
        done++;
        bar.show(
            (double) done / pictures.size(), "%d of %d pictures".formatted(done, pictures.size()));
      }
      if (features != null) {
        features.finish();
      }
    }
    return errors > 0 ? ExitCode.BAD_INPUT : ExitCode.OK;
  }

  /** Returns the detection of a picture; null, and a line on standard error, if it is no good. */
  private Detection detect(PictureFile picture, ProgressBar bar) {
    String error;
    try {
      return eyes.apply(picture.path());
    } catch (InputException e) {
      error = e.getMessage();
    } catch (OutOfMemoryError e) {
      error = picture.path() + ": needs more memory than this JVM may take; see -Xmx";
    }
    errors++;
    bar.erase();
    command.err().println("visualbert detect: " + Printable.of(error));
    command.err().flush();
    if (json) {
      command.out().println(RegionJson.error(picture.path().toString(), error));
    }
    return null;
  }

  private void print(Detection detection) {
    if (json) {
      command.out().println(RegionJson.of(detection));
    } else {
      table.print(detection);
    }
    command.out().flush();
  }
}
