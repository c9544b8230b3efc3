package io.github.visualbert.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** The sessions of the tests: one at a time in this JVM. */
final class Sessions {
  static final Path TARGET = Path.of(System.getProperty("spark.target"));
  static final Path TESTDATA = Path.of(System.getProperty("testdata"));

  private static SparkSession session;
  private static String kind;

  private Sessions() {}

  /** Returns the session with two cores in this JVM, which all classes share. */
  static synchronized SparkSession local() {
    return session("local[2]");
  }

  /** Returns the session with two executors, each a JVM of its own with one core. */
  static synchronized SparkSession cluster() {
    return session("local-cluster[2,1,1024]");
  }

  private static SparkSession session(String master) {
    if (!master.equals(kind)) {
      if (session != null) {
        session.stop();
      }
      folder(Path.of(System.getenv("SPARK_HOME")).resolve("jars")); // empty: see the class path
      session =
          SparkSession.builder()
              .master(master)
              .appName("visualbert tests")
              .config("spark.sql.extensions", VisualBertExtensions.class.getName())
              .config("spark.visualbert.model", demo("vqa").toString())
              .config("spark.visualbert.nlvr2.model", demo("nlvr2").toString())
              .config("spark.visualbert.vcr.model", demo("multiple-choice").toString())
              .config("spark.visualbert.flickr.model", demo("region-to-phrase").toString())
              .config("spark.visualbert.pretrain.model", demo("pretraining").toString())
              .config("spark.visualbert.encode.model", demo("pretraining").toString())
              .config("spark.visualbert.detect.detector", demo("detector").toString())
              .config("spark.ui.enabled", "false")
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.sql.shuffle.partitions", "2")
              .config("spark.sql.warehouse.dir", TARGET.resolve("warehouse").toString())
              .config("spark.executor.memory", "512m")
              .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1")
              .config("spark.executor.extraClassPath", classPath())
              .getOrCreate();
      kind = master;
    }
    return session;
  }

  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  static Path demo(String model) {
    return TESTDATA.resolve("demo").resolve(model);
  }

  static String picture(int scene) {
    return demo("images").resolve("scene-" + scene + ".png").toString();
  }

  /** Returns a copy of the demo model that does not say how it sees pictures. */
  static Path blind() {
    Path copy = scratch("blind");
    try (Stream<Path> files = Files.list(demo("vqa"))) {
      for (Path file : files.toList()) {
        if (!file.endsWith("preprocessor_config.json")) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }

  /** Returns an empty folder for a test. */
  static Path scratch(String name) {
    try {
      return Files.createTempDirectory(folder(TARGET.resolve("scratch")), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder(Path path) {
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
