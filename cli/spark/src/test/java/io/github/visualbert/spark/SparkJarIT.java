package io.github.visualbert.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The jar has the library inside, and nothing else. */
class SparkJarIT {
  private static final Pattern OURS =
      Pattern.compile(
          "io/github/visualbert/(?!cli/).*"
              + "|META-INF/(MANIFEST[.]MF|LICENSE|NOTICE|maven/io.github.visualbert/visualbert-spark/.*"
              + "|services/io.github.visualbert.kernel.KernelProvider)");

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
            "io/github/visualbert/text/code-points.txt",
            "META-INF/services/io.github.visualbert.kernel.KernelProvider",
            "META-INF/LICENSE");
    assertThat(names)
        .filteredOn(name -> !OURS.matcher(name).matches())
        .as("what is neither the library nor these functions")
        .isEmpty();
  }
}
