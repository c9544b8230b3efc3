package io.github.visualbert.simd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the width of vectors does not tell about a processor. */
final class Processor {
  private static final String VENDOR = "AuthenticAMD"; // as the cpuid instruction answers

  /** Whether AMD made it; false where neither Linux nor Windows tells. */
  static final boolean AMD = amd();

  private Processor() {}

  private static boolean amd() {
    String windows = System.getenv("PROCESSOR_IDENTIFIER");
    if (windows != null) {
      return windows.contains(VENDOR);
    }
    try (InputStream linux = Files.newInputStream(Path.of("/proc/cpuinfo"))) {
      return new String(linux.readNBytes(256), StandardCharsets.US_ASCII).contains(VENDOR);
    } catch (IOException e) {
      return false;
    }
  }
}
