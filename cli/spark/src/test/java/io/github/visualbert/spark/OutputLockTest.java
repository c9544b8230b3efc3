package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.error.InputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One driver writes an output. */
class OutputLockTest {
  /** Counts all the time; what stands still for two seconds is stale. */
  private static final OutputLock.Pace QUICK =
      new OutputLock.Pace(Duration.ofMillis(10), Duration.ofSeconds(2));

  /** For locks that nobody counts up. */
  private static final OutputLock.Pace HASTY =
      new OutputLock.Pace(Duration.ofMillis(10), Duration.ofMillis(50));

  private static final String LEFT = "application a-1\ntoken\n12\n";

  private java.nio.file.Path folder;
  private FileSystem files;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Sessions.scratch("lock").resolve("answers.parquet");
    files = FileSystem.getLocal(new Configuration());
  }

  private OutputLock take(String driver) throws IOException {
    return take(driver, QUICK);
  }

  private OutputLock take(String driver, OutputLock.Pace pace) throws IOException {
    return OutputLock.take(files, new Path(folder.toString()), driver, pace);
  }

  @Test
  void refusesASecondDriverAndNamesTheFirst() throws IOException {
    try (OutputLock first = take("application a-1, process 7 on here")) {
      assertThatThrownBy(() -> take("application a-2"))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "%s: another driver is writing it (application a-1, process 7 on here); wait for its end, or name another output"
                  .formatted(folder));
      first.require();
    }
    assertThat(folder).isEmptyDirectory();
    take("application a-2").close();
  }

  /** As a driver leaves it that is killed: while it counts, or while it writes. */
  @ParameterizedTest
  @ValueSource(strings = {LEFT, ""})
  void takesALockThatStandsStill(String left) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("_lock"), left);
    try (OutputLock lock = take("application a-2", HASTY)) {
      lock.require();
      assertThat(Files.readString(folder.resolve("_lock"))).startsWith("application a-2");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void letsOneOfManyIn(boolean stale) throws Exception {
    Files.createDirectories(folder);
    if (stale) {
      Files.writeString(folder.resolve("_lock"), LEFT);
    }
    List<OutputLock> taken = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    try (ExecutorService drivers = Executors.newFixedThreadPool(8)) {
      List<Callable<OutputLock>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String name = "application " + i;
        all.add(() -> take(name));
      }
      for (Future<OutputLock> each : drivers.invokeAll(all)) {
        if (each.state() == Future.State.SUCCESS) {
          taken.add(each.resultNow());
        } else {
          refused.add(each.exceptionNow().toString());
        }
      }
    }
    assertThat(refused).allMatch(why -> why.contains("another driver is writing it"));
    assertThat(taken).as("refused: %s", refused).hasSize(1);
    taken.getFirst().require();
    taken.getFirst().close();
    assertThat(folder).isEmptyDirectory();
  }

  /** Storage that is not local, where a third driver is faster by a moment. */
  private final class Racing extends FilterFileSystem {
    Racing() {
      super(new RawLocalFileSystem());
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      if (from.getName().equals("_lock")) {
        Files.writeString(folder.resolve("_lock"), "application a-3\nnew\n0\n");
      }
      return super.rename(from, to);
    }
  }

  @Test
  void leavesALockThatReplacedTheStaleOne() throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("_lock"), LEFT);
    files = new Racing();
    files.initialize(URI.create("file:///"), new Configuration());
    assertThatThrownBy(() -> take("application a-2", HASTY))
        .hasMessageContaining("another driver is writing it (application a-3)");
    assertThat(folder.resolve("_lock")).content().startsWith("application a-3");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void stopsADriverThatLostIt() throws IOException {
    OutputLock first = take("application a-1");
    Files.delete(folder.resolve("_lock"));
    assertThatThrownBy(first::require)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("this driver lost its lock (_lock was removed)");
    OutputLock second = take("application a-2");
    assertThatThrownBy(first::require)
        .hasMessageContaining("this driver lost its lock (to application a-2)");
    first.close();
    second.require(); // the first one left it alone
    second.close();
  }
}
