package io.github.visualbert.cli.run;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.ask.TaskRunner;
import io.github.visualbert.cli.batch.BatchFormat;
import io.github.visualbert.cli.batch.BatchRun;
import io.github.visualbert.cli.batch.ReplySink;
import io.github.visualbert.cli.batch.RowSource;
import io.github.visualbert.cli.batch.RunIdentity;
import io.github.visualbert.cli.batch.json.PartialReplies;
import io.github.visualbert.cli.console.ExitCode;
import io.github.visualbert.cli.console.RowProgress;
import io.github.visualbert.cli.console.TerminalLine;
import io.github.visualbert.cli.detector.DetectorPictures;
import io.github.visualbert.detect.VcrTower;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Answers every row of an input: {@code run --input}. */
final class FileRun {
  /** The exit code that shells report for a program ended by SIGINT: 128 + 2. */
  private static final int INTERRUPTED = 130;

  private final Model model;
  private final InputOptions input;
  private final PublishedOptions published;
  private final int topK;
  private final boolean allStates;
  private final PrintWriter out;
  private final PrintWriter err;

  /**
   * What answers.
   *
   * @param tower looks at given regions; null where none are given
   * @param eyes find the regions of pictures; null where the model does so itself
   */
  record Model(
      TaskName task,
      Path folder,
      VisualBert opened,
      VcrTower tower,
      DetectorPictures eyes,
      TaskRunner runner) {}

  FileRun(
      Model model,
      InputOptions input,
      PublishedOptions published,
      int topK,
      boolean allStates,
      PrintWriter out,
      PrintWriter err) {
    this.model = model;
    this.input = input;
    this.published = published;
    this.topK = topK;
    this.allStates = allStates;
    this.out = out;
    this.err = err;
  }

  /**
   * Answers the rows and returns the exit code.
   *
   * @param output null for standard output
   * @param summarised whether to say at the end what was done, also where nobody watches
   * @param begun runs when input and output are open
   * @throws io.github.visualbert.cli.batch.arrow.ArrowUnavailableException when a file is of Arrow,
   *     which is not there
   */
  int answer(Path output, boolean summarised, Runnable begun) {
    Path file = input.input();
    Path folder = BatchFormat.isStream(file) ? Path.of("") : file.toAbsolutePath().getParent();
    PictureCache pictures =
        new PictureCache(model.opened(), published.imagesOr(folder), model.eyes());
    RowSource source =
        published.given()
            ? published.rows(file, model.tower(), pictures)
            : RowSources.open(file, new RequestReader(model.task(), pictures));
    PartialReplies partial = null;
    ReplySink sink;
    try {
      ReplySinks sinks =
          new ReplySinks(
              model.task(), model.opened(), allStates, source.hasIntegerIds(), output, out);
      if (input.resume()) {
        partial = PartialReplies.open(output, model.task(), identity(), source);
      }
      sink = partial == null ? sinks.create() : sinks.resume(partial);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
    begun.run();
    TerminalLine line = TerminalLine.on(err);
    RowProgress bar = new RowProgress(line);
    BatchRun run =
        new BatchRun(
            model.runner(),
            pictures::takeWarning,
            sink,
            file.toString(),
            input.failFast(),
            bar,
            err);
    boolean complete = run.run(source);
    long earlier = partial == null ? 0 : partial.rows();
    long errors = run.errors() + (partial == null ? 0 : partial.errors());
    if (complete && (line.isShown() || summarised)) {
      err.println(summary(earlier, run.rows(), errors, bar.seconds()));
    }
    return !complete ? INTERRUPTED : errors > 0 ? ExitCode.BAD_INPUT : ExitCode.OK;
  }

  private RunIdentity identity() {
    RunIdentity run =
        RunIdentity.of(
            model.task(), model.opened(), model.folder(), topK, allStates, input.input());
    if (model.eyes() != null) {
      run = run.and("detector", model.eyes().fingerprint());
    }
    return published.given() ? published.identify(run, input.input(), model.tower()) : run;
  }

  private static String summary(long earlier, long rows, long errors, double seconds) {
    return "visualbert run: %d rows%s, %d of them invalid, in %s s, %s rows/s"
        .formatted(
            earlier + rows,
            earlier == 0 ? "" : " (" + earlier + " of them earlier)",
            errors,
            Math.round(seconds * 10) / 10.0,
            RowProgress.rate(rows, seconds));
  }
}
