package io.github.visualbert.spark;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The folder of a job's answers, which one driver writes at a time. Steps grow in its sub-folder
 * {@code _steps}, which Spark does not read; at the end their files move up, and {@code _SUCCESS}
 * says that all are there.
 */
final class OutputFolder {
  private static final String SUCCESS = "_SUCCESS";
  private static final String UNFINISHED = "_job.tmp";

  private final FileSystem files;
  private final Path folder;
  private final Path steps;
  private final Path identity;

  private OutputFolder(FileSystem files, Path folder) {
    this.files = files;
    this.folder = folder;
    this.steps = new Path(folder, "_steps");
    this.identity = new Path(folder, "_job");
  }

  static OutputFolder of(SparkSession session, String name) throws IOException {
    Path folder = new Path(name);
    return new OutputFolder(folder.getFileSystem(session.sessionState().newHadoopConf()), folder);
  }

  /**
   * Takes the right to write; the other methods are for the driver that has it.
   *
   * @param driver what messages call this driver
   * @throws InputException when another driver writes
   */
  OutputLock lock(String driver) throws IOException {
    return OutputLock.take(files, folder, driver, OutputLock.Pace.OF_JOBS);
  }

  /**
   * Begins a job, or continues it.
   *
   * @throws InputException when the folder holds something else
   */
  void begin(JobIdentity job) throws IOException {
    if (files.exists(identity)) {
      String difference = job.difference(read(identity));
      if (difference != null) {
        throw new InputException(
            Kind.MISMATCH,
            "%s: has answers of another job, which differs in %s; remove it, or name another output"
                .formatted(folder, difference));
      }
      return;
    }
    if (files.exists(folder) && hasFiles()) {
      throw new InputException(
          Kind.MISMATCH,
          "%s: expected a new folder, or that of the same job; found other files"
              .formatted(folder));
    }
    files.mkdirs(folder);
    Path unfinished = new Path(folder, UNFINISHED);
    try (FSDataOutputStream out = files.create(unfinished, true)) {
      out.write(String.join("\n", job.facts()).getBytes(StandardCharsets.UTF_8));
    }
    files.rename(unfinished, identity);
  }

  private boolean hasFiles() throws IOException {
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      if (!name.equals(UNFINISHED) && !name.startsWith(OutputLock.NAME)) {
        return true;
      }
    }
    return false;
  }

  private List<String> read(Path file) throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** Returns whether all answers are there. */
  boolean isComplete() throws IOException {
    return files.exists(new Path(folder, SUCCESS));
  }

  /** Returns the folder of a step's answers. */
  String step(int number) {
    return stepPath(number).toString();
  }

  private Path stepPath(int number) {
    return new Path(steps, "%05d".formatted(number));
  }

  /** Returns whether the answers of a step are there. */
  boolean hasStep(int number) throws IOException {
    return files.exists(new Path(stepPath(number), SUCCESS));
  }

  /** Moves the files of all steps up; may be called again after it was interrupted. */
  void complete(int count) throws IOException {
    for (int number = 0; number < count; number++) {
      for (FileStatus status : files.listStatus(stepPath(number))) {
        String name = status.getPath().getName();
        if (name.startsWith("part-")) { // Spark gives each a name of its own
          Path target = new Path(folder, name);
          if (!files.rename(status.getPath(), target)) {
            throw new IOException("%s: cannot be moved to %s".formatted(status.getPath(), target));
          }
        }
      }
    }
    files.create(new Path(folder, SUCCESS), true).close();
    files.delete(steps, true);
  }
}
