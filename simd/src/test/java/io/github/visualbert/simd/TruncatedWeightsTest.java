package io.github.visualbert.simd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.kernel.Kernels;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A truncated file of weights makes a kernel throw and does not crash the JVM. */
class TruncatedWeightsTest {
  @TempDir private Path folder;

  @Test
  void compiledKernelsThrowInternalError() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + folder + "/hs_err"));
    command.add("-XX:MaxVectorSize=" + Lanes.BITS / Byte.SIZE);
    if (Memory.ABSOLUTE) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    String here = System.getProperty("basedir");
    String classPath =
        String.join(
            File.pathSeparator, here + "/target/classes", here + "/target/test-classes", core());
    command.addAll(List.of("-cp", classPath, TruncateWeights.class.getName()));
    command.addAll(List.of(folder.resolve("weights").toString(), "" + Lanes.BITS));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(said.lines()).contains("BF16 is noticed", "F16 is noticed", "F32 is noticed");
    assertThat(process.exitValue()).as(said).isZero();
  }

  /** Returns the folder of core's classes. */
  private static String core() throws URISyntaxException {
    return Path.of(Kernels.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }
}
