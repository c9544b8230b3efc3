package io.github.visualbert.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuCachesTest {
  @TempDir Path folder;

  @Test
  void namesTheDataCaches() throws IOException {
    cache("index0", "1", "Data", "48K");
    cache("index1", "1", "Instruction", "32K");
    cache("index3", "3", "Unified", "32768K");
    cache("index2", "2", "Unified", "1024K");
    Files.writeString(folder.resolve("uevent"), "");
    assertThat(CpuCaches.describe(folder)).isEqualTo("L1 48K, L2 1024K, L3 32768K");
  }

  @Test
  void saysNothingWhereTheSystemDoesNotTell() throws IOException {
    assertThat(CpuCaches.describe(folder)).isEmpty();
    assertThat(CpuCaches.describe(folder.resolve("none"))).isEmpty();
    Files.createDirectory(folder.resolve("index0"));
    assertThat(CpuCaches.describe(folder)).isEmpty();
  }

  private void cache(String name, String level, String type, String size) throws IOException {
    Path cache = Files.createDirectory(folder.resolve(name));
    Files.writeString(cache.resolve("level"), level + "\n");
    Files.writeString(cache.resolve("type"), type + "\n");
    Files.writeString(cache.resolve("size"), size + "\n");
  }
}
