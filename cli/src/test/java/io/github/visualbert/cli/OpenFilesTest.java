package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.RequestReader;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.cli.batch.Row;
import io.github.visualbert.cli.batch.RowSource;
import io.github.visualbert.cli.batch.arrow.ArrowRowSource;
import io.github.visualbert.cli.batch.json.JsonRowSource;
import io.github.visualbert.cli.file.JsonLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How many files are open while rows are read, and after. */
@EnabledOnOs(OS.LINUX)
class OpenFilesTest {
  @TempDir private Path folder;

  @Test
  void aFileOfManyPicturesIsOpenUntilTheEndOfTheRows() throws IOException {
    Path features = folder.resolve("many.tsv");
    Files.copy(Cli.TESTDATA.resolve("features/bottom-up.tsv"), features);
    Path lines =
        Cli.write(
            folder.resolve("rows.jsonl"),
            "{\"question\": \"what?\", \"features\": \"many.tsv#missing\"}\n".repeat(3));
    List<String> names = List.of("many.tsv#missing", "many.tsv#none", "many.tsv#x");
    Path table =
        new ArrowTable()
            .add(ArrowTable.field("question", ArrowTable.TEXT), names)
            .add(ArrowTable.field("features", ArrowTable.TEXT), names)
            .write(folder.resolve("rows.arrow"));
    try (VisualBert model = VisualBert.builder(Cli.DEMO.resolve("vqa")).provider("scalar").open()) {
      PictureCache pictures = new PictureCache(model, folder);
      RequestReader reader = new RequestReader(TaskName.VQA, pictures);
      for (Supplier<RowSource> each :
          List.<Supplier<RowSource>>of(
              () -> new JsonRowSource(JsonLines.open(lines), reader),
              () -> ArrowRowSource.open(table, reader))) {
        try (RowSource source = each.get()) {
          assertThat(open(features)).isZero();
          for (Row row; (row = source.next()) != null; ) {
            assertThat(((Row.Faulty) row).reply().error()).contains("holds nothing called");
            assertThat(open(features)).isEqualTo(1);
          }
        }
        assertThat(open(features)).as("after the end").isZero();
      }
    }
  }

  /** Returns how often this process has a file open. */
  private static long open(Path file) {
    return Cli.filesIn(Path.of("/proc/self/fd")).stream()
        .filter(
            link -> {
              try {
                return Files.readSymbolicLink(link).equals(file.toRealPath());
              } catch (IOException e) {
                return false; // closed meanwhile
              }
            })
        .count();
  }
}
