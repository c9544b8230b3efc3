package io.github.visualbert.simd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the vector width does not say about a processor. */
final class Processor {
  private static final String VENDOR = "AuthenticAMD"; // AMD's vendor string in cpuid

  /** Whether the vendor is AMD; false on systems other than Linux and Windows. */
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
