package io.github.visualbert.cli.run;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.AnswerNames;
import io.github.visualbert.ask.ReplyWriter;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.BatchFormat;
import io.github.visualbert.cli.batch.ReplySink;
import io.github.visualbert.cli.batch.arrow.ArrowJars;
import io.github.visualbert.cli.batch.arrow.ArrowReplies;
import io.github.visualbert.cli.batch.arrow.ArrowReplyFile;
import io.github.visualbert.cli.batch.arrow.ArrowReplyStream;
import io.github.visualbert.cli.batch.arrow.ArrowUnavailableException;
import io.github.visualbert.cli.batch.json.JsonReplyFile;
import io.github.visualbert.cli.batch.json.JsonReplyStream;
import io.github.visualbert.cli.batch.json.PartialReplies;
import io.github.visualbert.cli.batch.json.ResumableReplies;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.internal.file.AtomicFile;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * Opens the output of a batch run, in the format that the ending of its name says.
 *
 * @param allStates whether {@code encode} gives every row of the last layer
 * @param integerIds whether all ids are integers
 * @param out standard output
 */
record ReplySinks(
    TaskName task,
    VisualBert model,
    boolean allStates,
    boolean integerIds,
    Path output,
    PrintWriter out) {

  /**
   * Creates an output.
   *
   * @throws ArrowUnavailableException when it is Arrow, and Arrow cannot be loaded
   * @throws OutputException when it cannot be created
   */
  ReplySink create() {
    if (BatchFormat.require(output).isArrow()) {
      ArrowJars.load();
      return BatchFormat.isStandardOutput(output)
          ? new ArrowReplyStream(new FileOutputStream(FileDescriptor.out), arrow())
          : arrowFile(AtomicFile.of(output));
    }
    return BatchFormat.isStandardOutput(output)
        ? new JsonReplyStream(out, ReplyWriter.of(task, model))
        : JsonReplyFile.create(output, ReplyWriter.of(task, model));
  }

  /** Continues the output of an interrupted run; throws as {@link #create} does. */
  ReplySink resume(PartialReplies partial) {
    ReplyWriter writer = ReplyWriter.of(task, model);
    JsonReplyFile lines = JsonReplyFile.resume(output, partial, writer);
    if (!BatchFormat.require(output).isArrow()) {
      return lines;
    }
    ArrowJars.load();
    Path file = partial.file();
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    return new ResumableReplies(
        output, lines, task, () -> arrowFile(AtomicFile.of(output, unfinished)));
  }

  private ReplySink arrowFile(AtomicFile unfinished) {
    boolean stream = BatchFormat.require(output) == BatchFormat.ARROW_STREAM;
    return new ArrowReplyFile(output, unfinished, stream, arrow());
  }

  private ArrowReplies arrow() {
    return new ArrowReplies(
        task, AnswerNames.of(task, model), integerIds, allStates, model.config().hiddenSize());
  }
}
