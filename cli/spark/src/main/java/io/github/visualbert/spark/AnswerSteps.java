package io.github.visualbert.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a table step by step, some of its files at a time. A step whose answers are complete is
 * not computed again, so the same command continues a job that was killed.
 */
final class AnswerSteps {
  private static final Logger LOG = LoggerFactory.getLogger("io.github.visualbert.spark");

  /** Rows that Spark's reader of Parquet decodes at once; its 4096 pictures would not fit. */
  private static final String BATCH_ROWS = "spark.sql.parquet.columnarReaderBatchSize";

  private static final String PICTURE_ROWS = "32";
  private static final int PARTITIONS_PER_CORE = 4;

  private final SparkSession session;
  private final JobOptions options;
  private final AskSettings settings;
  private final StructType schema;
  private final TaskColumns columns;
  private final OutputFolder output;
  private final JobIdentity identity;
  private final List<List<String>> steps;

  private AnswerSteps(
      SparkSession session,
      JobOptions options,
      AskSettings settings,
      Dataset<Row> input,
      OutputFolder output)
      throws IOException {
    this.session = session;
    this.options = options;
    this.settings = settings;
    this.schema = input.schema();
    this.columns = new TaskColumns(settings.task(), schema);
    this.output = output;
    InputListing files = InputListing.of(session, input.inputFiles());
    this.steps = files.steps(options.steps());
    this.identity = JobIdentity.of(settings, options.input(), files, steps.size());
  }

  /** What a job has written. */
  record Totals(long rows, long errors) {}

  /**
   * Checks everything that can be wrong before the first task.
   *
   * @throws IllegalArgumentException when an option is invalid
   * @throws io.github.visualbert.error.VisualBertException when the model or the input is invalid
   */
  static AnswerSteps of(SparkSession session, JobOptions options) throws IOException {
    OptionMap map =
        new OptionMap(
            "AnswerJob",
            options.task().toString(),
            options.options(),
            key -> session.conf().getOption(key).getOrElse(() -> null));
    AskSettings settings = AskSettings.of(options.task(), map);
    boolean check = map.flag("check", true);
    if (check) {
      DriverCheck.require(settings.model(), false);
    }
    Dataset<Row> input;
    try {
      input = reader(session, options).load(options.input());
    } catch (Exception e) { // AnalysisException, which Java does not see
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new InputException(
          Kind.UNREADABLE, "%s: cannot be read (%s)".formatted(options.input(), why), e);
    }
    if (check && new TaskColumns(settings.task(), input.schema()).areFiles()) {
      DriverCheck.require(settings.model(), true);
    }
    OutputFolder output = OutputFolder.of(session, options.output());
    return new AnswerSteps(session, options, settings, input, output);
  }

  private static DataFrameReader reader(SparkSession session, JobOptions options) {
    return session.read().format(TableFormat.of(options.input()).source());
  }

  /**
   * Computes the steps that are missing.
   *
   * @throws InputException when the output is of another job, or another driver writes it
   * @throws IOException when the output cannot be written
   */
  Totals run() throws IOException {
    try (OutputLock lock = output.lock(driver())) {
      output.begin(identity);
      if (!output.isComplete()) {
        String before = session.conf().get(BATCH_ROWS);
        session.conf().set(BATCH_ROWS, holdsPictures() ? PICTURE_ROWS : before);
        try {
          computeMissing(lock);
        } finally {
          session.conf().set(BATCH_ROWS, before);
        }
        lock.require();
        output.complete(steps.size());
      }
    }
    return totals();
  }

  private void computeMissing(OutputLock lock) throws IOException {
    for (int step = 0; step < steps.size(); step++) {
      if (output.hasStep(step)) {
        LOG.info("visualbert: step {} of {} is there", step + 1, steps.size());
      } else {
        LOG.info("visualbert: step {} of {}", step + 1, steps.size());
        lock.require();
        answers(steps.get(step))
            .write()
            .format(TableFormat.of(options.output()).source())
            .mode("overwrite")
            .save(output.step(step));
      }
    }
  }

  /** Returns what messages of another driver call this one. */
  private String driver() {
    SparkContext context = session.sparkContext();
    return "application %s, process %d on %s"
        .formatted(
            context.applicationId(),
            ProcessHandle.current().pid(),
            context.conf().get("spark.driver.host"));
  }

  private boolean holdsPictures() {
    return columns.pictures().stream()
        .anyMatch(name -> !(schema.apply(name).dataType() instanceof StringType));
  }

  Dataset<Row> answers(List<String> files) {
    Dataset<Row> table =
        reader(session, options)
            .schema(schema)
            .option("basePath", InputListing.basePath(session, options.input()))
            .load(files.toArray(String[]::new));
    return BatchAnswers.of(grouped(table), settings);
  }

  /**
   * Brings the rows of a picture together, so that its regions are found once. Features need no
   * detection and stay where they are, if there are enough partitions.
   */
  private Dataset<Row> grouped(Dataset<Row> table) {
    int cores = session.sparkContext().defaultParallelism();
    int partitions = options.partitions() > 0 ? options.partitions() : cores * PARTITIONS_PER_CORE;
    String picture = columns.pictures().getFirst();
    if (picture.equals(TaskColumns.REGIONS)) {
      return table.rdd().getNumPartitions() < cores || options.partitions() > 0
          ? table.repartition(partitions)
          : table;
    }
    DataType type = schema.apply(picture).dataType();
    Column key = BatchAnswers.quoted(picture);
    key = type instanceof StringType ? key : xxhash64(key);
    return table.repartition(partitions, key).sortWithinPartitions(key);
  }

  private Totals totals() {
    Row row =
        session
            .read()
            .format(TableFormat.of(options.output()).source())
            .schema(answersSchema())
            .load(options.output())
            .agg(count(lit(1)), count(col("error")))
            .first();
    return new Totals(row.getLong(0), row.getLong(1));
  }

  private static StructType answersSchema() {
    return new StructType().add("error", "string");
  }
}
