package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The jar has the library inside, and nothing else. */
class SparkJarIT {
  @Test
  void holdsTheLibraryAndTheFunctions() throws IOException {
    List<String> names;
    try (ZipFile jar = new ZipFile(Path.of(System.getProperty("visualbert.jar")).toFile())) {
      names = jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
    }
    assertThat(names)
        .contains(
            "io/github/visualbert/VisualBert.class",
            "io/github/visualbert/simd/VectorKernelProvider.class",
            "io/github/visualbert/spark/VisualBertExtensions.class",
            "io/github/visualbert/spark/AnswerJob.class",
            "META-INF/services/io.github.visualbert.kernel.KernelProvider",
            "META-INF/LICENSE")
        .doesNotContain("module-info.class");
    assertThat(names)
        .filteredOn(
            name -> !name.startsWith("io/github/visualbert/") && !name.startsWith("META-INF/"))
        .isEmpty();
  }
}
