package io.github.visualbert.cli.batch;

import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.Request;
import io.github.visualbert.ask.TaskRunner;
import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.cli.console.RowProgress;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Answers the rows of a file: batch by batch, in order, each row once.
 *
 * <p>The reply to an invalid row is an error; all other rows are answered.
 */
public final class BatchRun {
  /** How long a blocked output may delay the end of an interrupted run, in seconds. */
  private static final int BLOCKED_SECONDS = 3;

  private final TaskRunner runner;
  private final Supplier<String> warnings;
  private final ReplySink sink;
  private final String input;
  private final boolean failFast;
  private final RowProgress bar;
  private final PrintWriter err;
  private long rows;
  private long errors;
  private volatile boolean writing;

  /**
   * Makes a run.
   *
   * @param warnings returns a warning to print, or null
   * @param input the name of the rows' source, for messages
   * @param failFast whether the first invalid row ends the run
   * @param err where invalid rows are reported
   */
  public BatchRun(
      TaskRunner runner,
      Supplier<String> warnings,
      ReplySink sink,
      String input,
      boolean failFast,
      RowProgress bar,
      PrintWriter err) {
    this.runner = runner;
    this.warnings = warnings;
    this.sink = sink;
    this.input = input;
    this.failFast = failFast;
    this.bar = bar;
    this.err = err;
  }

  /**
   * Answers all rows of a source, and closes it. When the user interrupts the program, the current
   * batch is finished and written before it ends.
   *
   * @return whether all rows were answered; false when interrupted
   * @throws InputException when the source cannot be read, or with {@code failFast} when a row is
   *     invalid
   */
  public boolean run(RowSource source) {
    CountDownLatch done = new CountDownLatch(1);
    try (Lookahead ahead = new Lookahead(source)) {
      Thread atShutdown = new Thread(() -> interrupt(ahead, done), "visualbert-interrupt");
      Runtime.getRuntime().addShutdownHook(atShutdown);
      try {
        for (List<Row> batch; !(batch = ahead.take()).isEmpty(); ) {
          warn();
          answer(batch);
          bar.show(rows, source.progress());
        }
        boolean complete = !ahead.stopped();
        if (complete) {
          writing = true;
          sink.finish();
          writing = false;
        } else {
          bar.erase();
          err.println("visualbert run: interrupted after " + rows + " rows");
          err.flush();
        }
        return complete;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } finally {
        bar.erase();
        try {
          sink.close();
        } finally {
          done.countDown();
          removeHook(atShutdown);
        }
      }
    }
  }

  /** Stops the run and waits for the current batch, but not for an output that blocks. */
  private void interrupt(Lookahead ahead, CountDownLatch done) {
    ahead.stop();
    try {
      int blocked = 0;
      while (blocked < BLOCKED_SECONDS && !done.await(1, TimeUnit.SECONDS)) {
        blocked = writing ? blocked + 1 : 0;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<Reply> replies) {
    writing = true;
    sink.write(replies);
    writing = false;
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // the JVM is shutting down: the hook stopped the run
    }
  }

  private void warn() {
    String warning = warnings.get();
    if (warning != null) {
      bar.erase();
      err.println("visualbert run: warning: " + Printable.of(warning));
      err.flush();
    }
  }

  private void answer(List<Row> batch) {
    List<Request> requests = new ArrayList<>();
    for (Row row : batch) {
      if (row instanceof Row.Asked asked) {
        requests.add(asked.request());
      }
    }
    List<Reply> answers = runner.askEach(requests, Row.OUT_OF_MEMORY);
    List<Reply> replies = new ArrayList<>();
    int next = 0;
    for (Row row : batch) {
      Reply reply =
          switch (row) {
            case Row.Faulty faulty -> faulty.reply();
            case Row.Asked asked -> {
              Reply answer = answers.get(next++);
              yield answer instanceof Reply.Failed failed
                  ? new Reply.Failed(failed.id(), asked.place() + ": " + failed.error())
                  : answer;
            }
          };
      if (reply instanceof Reply.Failed failed) {
        if (failFast) {
          write(replies);
          throw new InputException(Kind.MALFORMED, input + ": " + failed.error());
        }
        bar.erase();
        err.println("visualbert run: " + Printable.of(input + ": " + failed.error()));
        err.flush();
        errors++;
      }
      replies.add(reply);
      rows++;
    }
    write(replies);
  }

  /** Returns how many rows were answered. */
  public long rows() {
    return rows;
  }

  /** Returns how many of them were invalid. */
  public long errors() {
    return errors;
  }
}
