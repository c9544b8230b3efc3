package io.github.visualbert.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.visualbert.Mutants;
import io.github.visualbert.TestData;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsAttackTest {
  private Path file;

  @BeforeEach
  void place(@TempDir Path folder) {
    file = folder.resolve("a.safetensors");
  }

  private static byte[] safetensors(String header, byte... data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }

  private static byte[] of(String dtype, String shape, byte... data) {
    return safetensors(
        "{\"visual_embeds\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[0,%d]}}"
            .formatted(dtype, shape, data.length),
        data);
  }

  private VisualFeatures read(byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return FeatureFile.read(file);
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 0000c03f000000c0",
    "F16, 003e00c0",
    "BF16, c03f00c0",
    "F64, 000000000000f83f00000000000000c0"
  })
  void everyPrecisionIsRead(String dtype, String hex) {
    byte[] data = HexFormat.of().parseHex(hex);
    assertThat(read(of(dtype, "[1,2]", data)).toArray()).containsExactly(1.5f, -2f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "I32 | [1,1]         | 4 | UNSUPPORTED | holds I32, expected F32, F16, BF16 or F64",
        "F32 | [1]           | 4 | MISMATCH    | expected features of shape (regions, columns)",
        "F32 | [0,2048]      | 0 | MISMATCH    | at least one region, found shape (0, 2048)",
        "F32 | [0,999999999] | 0 | UNSUPPORTED | expected at most 16777216 numbers",
        "F32 | [2,1]         | 4 | MALFORMED   | a.safetensors",
      })
  void otherTensorsAreRefused(String dtype, String shape, int bytes, Kind kind, String message) {
    assertThatThrownBy(() -> read(of(dtype, shape, new byte[bytes])))
        .isInstanceOfSatisfying(InputException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void numbersThatAreNotFiniteAreNamed() {
    assertThatThrownBy(() -> read(of("F16", "[1,2]", (byte) 0, (byte) 0, (byte) 0, (byte) 0x7c)))
        .hasMessageContaining(
            "a.safetensors[visual_embeds]: visual_embeds has Infinity in row 0, column 1");
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] bytes = TestData.bytes(TestData.FEATURES.resolve("batch-of-one.safetensors"));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(InputException.class);
    }
  }

  @Test
  void mutationsAreTakenOrRefused() {
    byte[] bytes = TestData.bytes(TestData.FEATURES.resolve("batch-of-one.safetensors"));
    new Mutants(List.of(bytes), InputException.class, 400).attack(500, this::read);
  }
}
