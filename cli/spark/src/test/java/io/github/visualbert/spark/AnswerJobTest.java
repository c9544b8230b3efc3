package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.ask.TaskName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The job, in this JVM. */
class AnswerJobTest {
  private static final int ROWS = 48;

  private static SparkSession spark;
  private Path folder;
  private String error;

  @BeforeAll
  static void open() {
    spark = Sessions.local();
  }

  @BeforeEach
  void makeFolder() {
    folder = Sessions.scratch("job");
  }

  private int run(String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        AnswerJob.run(
            new PrintStream(new ByteArrayOutputStream()), new PrintStream(err), arguments);
    error = err.toString(StandardCharsets.UTF_8);
    return code;
  }

  private int answer(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--task", "vqa", "--input", input(), "--output", output(), "--partitions", "3"));
    all.addAll(List.of(more));
    return run(all.toArray(String[]::new));
  }

  private String input() {
    return folder.resolve("questions.parquet").toString();
  }

  private String output() {
    return folder.resolve("answers.parquet").toString();
  }

  /** Writes the pictures and questions of the demo, in some files. */
  private void write(int files, String... invalid) {
    Dataset<Row> questions =
        spark
            .range(0, ROWS, 1, files)
            .selectExpr(
                "id",
                "concat('%s/scene-', id %% 8 + 1, '.png') as image"
                    .formatted(Sessions.demo("images")),
                "concat('is there a ', array('red','green','blue')[cast(id % 3 as int)], ' ring',"
                    + " if(id % 5 = 0, ' or a small yellow heart', ''), '?') as question");
    for (String row : invalid) {
      questions = questions.withColumn("image", functions.expr(row));
    }
    questions.write().mode("overwrite").parquet(input());
  }

  private List<Row> answers() {
    return spark.read().parquet(output()).orderBy("id").collectAsList();
  }

  @Test
  void answersEveryRowOnceWithTheBitsOfTheCommandLine() {
    write(2);
    assertThat(answer()).as(error).isZero();
    List<Row> questions = spark.read().parquet(input()).orderBy("id").collectAsList();
    List<Row> rows = answers();
    assertThat(rows).hasSize(ROWS);
    try (Expected expected = new Expected(TaskName.VQA, "vqa", 5)) {
      for (int i = 0; i < ROWS; i++) {
        assertThat(rows.get(i).getLong(0)).isEqualTo(i);
        assertThat(rows.get(i).isNullAt(1)).isTrue();
        assertThat(Expected.json(rows.get(i).getList(3)))
            .isEqualTo(expected.answers(questions.get(i).json()));
      }
    }
  }

  @Test
  void writesAnErrorForAnInvalidRow() {
    write(1, "if(id in (7, 8), concat('/none/', id, '.png'), image)");
    assertThat(answer()).isEqualTo(3);
    List<Row> rows = answers();
    assertThat(rows).hasSize(ROWS);
    assertThat(rows.get(7).<String>getAs("error")).contains("/none/7.png");
    assertThat(rows.get(7).<Object>getAs("answers")).isNull();
    assertThat(rows.get(9).<Object>getAs("error")).isNull();
    assertThat(rows.get(9).<Object>getAs("answers")).isNotNull();
  }

  @Test
  void endsAtTheFirstInvalidRowWithFailFast() {
    write(1, "if(id = 7, '/none/7.png', image)");
    assertThat(answer("--fail-fast")).isEqualTo(3);
    assertThat(error).startsWith("visualbert: row 7: ").contains("/none/7.png").hasLineCount(1);
    assertThat(Path.of(output(), "_SUCCESS")).doesNotExist();
  }

  @Test
  void continuesWhereItEnded() throws IOException {
    write(4);
    assertThat(answer()).isZero();
    List<Row> complete = answers();
    // as if it had been killed after two of four steps
    Path steps = Path.of(output(), "_steps");
    List<Path> parts = parts();
    try (Stream<Path> all = Files.walk(Path.of(output()))) {
      for (Path file : all.filter(each -> each.toString().endsWith(".crc")).toList()) {
        Files.delete(file);
      }
    }
    Files.delete(Path.of(output(), "_SUCCESS"));
    List<Long> kept = new ArrayList<>();
    for (Path part : parts) {
      long first = spark.read().parquet(part.toString()).selectExpr("min(id)").first().getLong(0);
      int step = (int) (first * 4 / ROWS);
      if (step < 2) {
        Path target = steps.resolve("%05d".formatted(step));
        Files.createDirectories(target);
        Files.move(part, target.resolve(part.getFileName()));
        Files.write(target.resolve("_SUCCESS"), new byte[0]);
        kept.add(first);
      } else {
        Files.delete(part);
      }
    }
    assertThat(kept).isNotEmpty();
    assertThat(answer()).isZero();
    assertThat(answers()).isEqualTo(complete);
    assertThat(parts().stream().map(Path::getFileName))
        .as("files of the first two steps are kept")
        .filteredOn(name -> parts.stream().anyMatch(part -> part.getFileName().equals(name)))
        .hasSize(kept.size());
    assertThat(answer()).as("complete: nothing is done").isZero();
    assertThat(answers()).isEqualTo(complete);
  }

  private List<Path> parts() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(output()))) {
      return files.filter(file -> file.getFileName().toString().startsWith("part-")).toList();
    }
  }

  @Test
  void refusesTheOutputOfAnotherJob() throws IOException {
    write(1);
    assertThat(answer()).isZero();
    assertThat(answer("--top-k", "2")).isEqualTo(3);
    assertThat(error).contains("has answers of another job, which differs in top-k");
    write(2);
    assertThat(answer()).isEqualTo(3);
    assertThat(error).contains("which differs in ");
    Files.createDirectories(folder.resolve("other"));
    Files.writeString(folder.resolve("other/file"), "");
    assertThat(
            run(
                "--task",
                "vqa",
                "--input",
                input(),
                "--output",
                folder.resolve("other").toString()))
        .isEqualTo(3);
    assertThat(error).contains("expected a new folder");
  }

  @Test
  void refusesAnOutputThatAnotherDriverWrites() throws IOException {
    write(1);
    OutputLock.Pace quick =
        new OutputLock.Pace(Duration.ofMillis(10), OutputLock.Pace.OF_JOBS.stale());
    FileSystem files = FileSystem.getLocal(spark.sessionState().newHadoopConf());
    try (OutputLock other =
        OutputLock.take(files, new org.apache.hadoop.fs.Path(output()), "application a-1", quick)) {
      assertThat(answer()).isEqualTo(3);
      assertThat(error)
          .hasLineCount(1)
          .contains(output() + ": another driver is writing it (application a-1); wait for");
      other.require();
    }
    assertThat(answer()).as(error).isZero();
    assertThat(Path.of(output(), OutputLock.NAME)).doesNotExist();
  }

  @Test
  void refusesAModelThatCannotSeeThePictures() {
    write(1);
    assertThat(answer("--model", Sessions.blind().toString())).isEqualTo(4);
    assertThat(error).hasLineCount(1).contains("so this model has no eyes of its own");
    assertThat(Path.of(output())).doesNotExist();
  }

  @Test
  void findsTheRegionsOfAPictureOnce() {
    write(2);
    JobOptions options =
        JobOptions.of(
            "--task", "vqa", "--input", input(), "--output", output(), "--partitions", "3");
    String plan;
    try {
      plan = AnswerSteps.of(spark, options).answers(List.of(input())).queryExecution().toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(plan).contains("hashpartitioning(image").contains("Sort [image");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "--task vqa                                                   | 2 | expected --input",
        "--input a --output b                                         | 2 | expected --task",
        "--task x --input a --output b                                | 2 | --task is 'x', expected"
            + " vqa, nlvr2",
        "--task vqa --input a --output b --top-k 0                    | 2 | option topK is '0',"
            + " expected a whole number from 1 on",
        "--task vqa --input a --output b --steps x                    | 2 | --steps is 'x'",
        "--task vqa --input a --output b --frobnicate                 | 2 | unknown option"
            + " '--frobnicate'",
        "--task vqa --input a --output b --input                      | 2 | --input is given twice",
        "--task vqa --input a --output                                | 2 | --output needs a value",
        "--task vqa --input a --output b --last-hidden-state          | 2 | it goes with task"
            + " encode",
        "--task vqa --input a --output b --model /nowhere             | 4 | /nowhere: expected a"
            + " model folder, found no such folder",
        "--task nlvr2 --input a --output b --model DEMO/vqa           | 4 | task nlvr2 needs a",
        "--task vqa --input /no/such.parquet --output b               | 3 | /no/such.parquet:"
            + " cannot be read",
      })
  void reportsInOneLineWhatIsWrongBeforeTheFirstTask(String arguments, int code, String message) {
    String[] words = arguments.replace("DEMO", Sessions.demo("").toString()).split(" ");
    assertThat(run(words)).as(error).isEqualTo(code);
    String line = error.lines().findFirst().orElse("");
    assertThat(line).contains(message);
    if (!error.contains("usage:")) {
      assertThat(error).hasLineCount(1);
    }
  }
}
