package io.github.visualbert.simd.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MicrokernelWriterTest {
  @ParameterizedTest
  @EnumSource
  void theCommittedFilesAreWhatItWrites(Family family, @TempDir Path folder) throws IOException {
    Path committed = Path.of(System.getProperty("basedir")).resolve(family.path());
    Path written = folder.resolve(committed.getFileName());
    Files.writeString(written, MicrokernelWriter.source(family));
    assertThat(committed)
        .as("a generated file; to generate it again: %s", MicrokernelWriter.COMMAND)
        .hasSameTextualContentAs(written);
  }
}
