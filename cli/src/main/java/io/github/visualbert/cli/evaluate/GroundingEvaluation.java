package io.github.visualbert.cli.evaluate;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.console.ConsoleCommand;
import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.cli.console.RowProgress;
import io.github.visualbert.cli.console.TerminalLine;
import io.github.visualbert.cli.detector.DetectorPictures;
import io.github.visualbert.cli.evaluate.GroundingPictures.Found;
import io.github.visualbert.cli.evaluate.grounding.GroundingScores;
import io.github.visualbert.cli.model.ComputeOptions;
import io.github.visualbert.cli.model.IgnoredTensors;
import io.github.visualbert.cli.question.DetectorOptions;
import io.github.visualbert.cli.question.ModelOptions;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.nio.file.Path;

/**
 * Reads captions and pictures, and measures how a model's heads ground them. All files but pictures
 * are checked before the model is opened.
 *
 * @param command prints notes
 * @param split a file with the names of the pictures that count, or null for all
 * @param allowMissing whether pictures may be missing
 */
record GroundingEvaluation(
    ConsoleCommand command,
    GroundingOptions options,
    ModelOptions model,
    DetectorOptions detector,
    ComputeOptions compute,
    Path annotations,
    Path split,
    boolean allowMissing) {

  GroundingScores measure() {
    GroundingPictures pictures = options.pictures();
    Found found = pictures.find(annotations, split, allowMissing);
    ConlluFile dependencies =
        options.dependencies() == null ? null : ConlluFile.read(options.dependencies());
    Path folder = model.folder(TaskName.ENCODE);
    int count = (int) Math.min(Integer.MAX_VALUE, found.captions());
    try (VisualBert opened =
            model.openEncoder(
                folder, (builder, files) -> compute.applyTo(builder, files, Math.max(1, count)));
        DetectorPictures eyes = detector.pictures(folder, opened, compute, count).orElse(null);
        PictureCache cache = new PictureCache(opened, Path.of(""), eyes)) {
      IgnoredTensors.warn(command, opened);
      GroundingAccuracy accuracy =
          new GroundingAccuracy(opened.attentionGrounding(), eyes != null || !pictures.areFiles());
      RowProgress progress = new RowProgress(TerminalLine.on(command.err()));
      long[] done = {0};
      FlickrAnnotations.forEach(
          annotations,
          split,
          caption -> {
            if (pictures.has(caption.image())) {
              accuracy.add(caption, pictures.regions(caption.image(), cache), dependencies);
              progress.show(++done[0], (double) done[0] / found.captions());
            }
          });
      progress.erase();
      note(found, accuracy, cache);
      GroundingScores scores = accuracy.scores(found.missing());
      if (scores.all().words() == 0) {
        throw new InputException(
            Kind.MISMATCH,
            annotations + ": expected phrases with boxes that the model reads, found none");
      }
      return scores;
    }
  }

  private void note(Found found, GroundingAccuracy accuracy, PictureCache cache) {
    String warning = cache.takeWarning();
    if (warning != null) {
      command.err().println("visualbert evaluate: warning: " + Printable.of(warning));
    }
    note(found.missing(), "pictures are missing and left out", found.names());
    note(
        accuracy.cutOff().count(),
        "phrases are left out, as their captions are longer than the model can read",
        accuracy.cutOff());
    note(
        accuracy.lost().count(),
        "rows of the dependencies are not found in their captions and left out",
        accuracy.lost());
    note(accuracy.unparsed().count(), "captions have no dependencies", accuracy.unparsed());
  }

  private void note(long count, String what, Names names) {
    if (count > 0) {
      command
          .err()
          .println(
              "visualbert evaluate: note: %d %s (%s)"
                  .formatted(count, what, Printable.of(names.toString())));
    }
  }
}
