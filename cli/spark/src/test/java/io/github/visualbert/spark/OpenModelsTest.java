package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.error.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One model for a JVM, from the first task to the JVM's end. */
class OpenModelsTest {
  static ModelSettings settings(String model) {
    return new ModelSettings(TaskName.VQA, model, null, null, null, "auto");
  }

  @Test
  void opensAModelOnce() {
    String demo = Sessions.demo("vqa").toString();
    VisualBert first = OpenModels.model(settings(demo));
    assertThat(OpenModels.model(settings(demo))).isSameAs(first);
    assertThat(OpenModels.model(new ModelSettings(TaskName.VQA, demo, null, "hf", null, "auto")))
        .isNotSameAs(first);
  }

  @Test
  void opensAgainAfterAFailure() {
    assertThatThrownBy(() -> OpenModels.model(settings("/nowhere")))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> OpenModels.model(settings("/nowhere")))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void findsAFileUri() {
    assertThat(NodeFiles.local("file:/a/b%20c.png")).isEqualTo("/a/b c.png");
    assertThat(NodeFiles.local("file:///a/b.png")).isEqualTo("/a/b.png");
    assertThat(NodeFiles.local("file:/a/b c.png")).isEqualTo("/a/b c.png");
    assertThat(NodeFiles.local("a/b.png")).isEqualTo("a/b.png");
  }

  /** A JVM that opens a model and ends, as an executor does. */
  static final class Executor {
    public static void main(String[] arguments) throws IOException {
      VisualBert model = OpenModels.model(settings(arguments[0]));
      Thread last =
          new Thread(
              () -> {
                long deadline = System.nanoTime() + 20_000_000_000L;
                while (OpenModels.count() > 0 && System.nanoTime() < deadline) {
                  Thread.onSpinWait();
                }
                try {
                  model.questionAnswering();
                } catch (IllegalStateException e) {
                  write(Path.of(arguments[1]), e.getMessage());
                }
              });
      Runtime.getRuntime().addShutdownHook(last);
    }

    private static void write(Path file, String text) {
      try {
        Files.writeString(file, text);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  @Test
  void closesItWhenTheJvmEnds() throws IOException, InterruptedException {
    Path file = Sessions.scratch("hook").resolve("closed.txt");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Sessions.classPath(),
            Executor.class.getName(),
            Sessions.demo("vqa").toString(),
            file.toString());
    Process executor =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(file.resolveSibling("log.txt").toFile())
            .start();
    assertThat(executor.waitFor()).isZero();
    assertThat(file).content().contains("closed");
  }
}
