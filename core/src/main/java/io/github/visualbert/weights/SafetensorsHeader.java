package io.github.visualbert.weights;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: a length (8 bytes, little-endian), that many bytes of JSON,
 * then the data.
 *
 * <p>Every rule that the reference library enforces (safetensors 0.8, {@code tensor.rs}) is
 * enforced here: the header has at most 100 MB and lies within the file; it is a JSON object of
 * tensors with {@code dtype}, {@code shape} and {@code data_offsets}, beside a {@code __metadata__}
 * of strings; sizes do not overflow; in the order of their offsets the tensors cover the data
 * exactly, without hole, overlap or rest. Three things that the library lets pass and the text of
 * the format forbids are refused as well: a header that does not begin with a brace, a name given
 * twice, and (this one only as a guard of memory) more than {@link Json#MAX_VALUES} values.
 *
 * @param entries the tensors by name, in the order of their data
 * @param dataStart where the data begins in the file
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata, long dataStart) {
  static final int MAX_LENGTH = 100_000_000;
  private static final String METADATA = "__metadata__";

  /** A tensor and where its bytes begin, counted from the start of the data. */
  record Entry(TensorInfo info, long begin) {
    long end() {
      return begin + info.byteSize();
    }
  }

  /**
   * Bits of an element of every type of the format, also of those that this library lists but does
   * not read.
   */
  private static final Map<String, Integer> BITS =
      Map.ofEntries(
          Map.entry("BOOL", 8),
          Map.entry("F4", 4),
          Map.entry("F6_E2M3", 6),
          Map.entry("F6_E3M2", 6),
          Map.entry("U8", 8),
          Map.entry("I8", 8),
          Map.entry("F8_E5M2", 8),
          Map.entry("F8_E4M3", 8),
          Map.entry("F8_E8M0", 8),
          Map.entry("F8_E4M3FNUZ", 8),
          Map.entry("F8_E5M2FNUZ", 8),
          Map.entry("I16", 16),
          Map.entry("U16", 16),
          Map.entry("F16", 16),
          Map.entry("BF16", 16),
          Map.entry("I32", 32),
          Map.entry("U32", 32),
          Map.entry("F32", 32),
          Map.entry("C64", 64),
          Map.entry("F64", 64),
          Map.entry("I64", 64),
          Map.entry("U64", 64));

  static SafetensorsHeader read(MappedFile file) {
    if (file.size() < Long.BYTES) {
      throw file.malformed("expected 8 bytes of header length, found a file of " + file.size());
    }
    long length =
        ByteBuffer.wrap(file.read(0, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > MAX_LENGTH) {
      throw file.malformed(
          "expected a header of at most %d bytes, found %s"
              .formatted(MAX_LENGTH, Long.toUnsignedString(length)));
    }
    if (length > file.size() - Long.BYTES) {
      throw file.malformed(
          "the file was cut short: the header has %d bytes, the file only %d"
              .formatted(length, file.size()));
    }
    byte[] json = file.read(Long.BYTES, (int) length);
    if (json.length == 0 || json[0] != '{') {
      throw file.malformed("the header does not begin with '{'");
    }
    try {
      JsonObject header = Json.parseObject(json);
      long dataStart = Long.BYTES + length;
      return new SafetensorsHeader(
          Collections.unmodifiableMap(entries(header, file, dataStart)),
          metadata(header),
          dataStart);
    } catch (JsonException e) {
      throw file.malformed("header: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> metadata(JsonObject header) {
    if (!header.has(METADATA)) {
      return Map.of();
    }
    JsonObject object = header.getObject(METADATA);
    Map<String, String> metadata = new LinkedHashMap<>();
    object.keys().forEach(key -> metadata.put(key, object.getString(key)));
    return Collections.unmodifiableMap(metadata);
  }

  private static Map<String, Entry> entries(JsonObject header, MappedFile file, long dataStart) {
    List<Entry> tensors = new ArrayList<>();
    for (String name : header.keys()) {
      if (!name.equals(METADATA)) {
        tensors.add(entry(name, header.getObject(name), file));
      }
    }
    tensors.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    Map<String, Entry> entries = new LinkedHashMap<>();
    long end = 0;
    for (Entry tensor : tensors) {
      if (tensor.begin() != end) {
        throw file.malformed(
            "tensor %s: expected its data to begin at %d, where the one before it ends, found %d"
                .formatted(TensorInfo.quote(tensor.info().name()), end, tensor.begin()));
      }
      end = tensor.end();
      entries.put(tensor.info().name(), tensor);
    }
    long data = file.size() - dataStart;
    if (end != data) {
      throw file.malformed(
          "%sthe tensors have %d bytes, the file has %d bytes of data"
              .formatted(end > data ? "the file was cut short: " : "", end, data));
    }
    return entries;
  }

  private static Entry entry(String name, JsonObject tensor, MappedFile file) {
    String dtype = tensor.getString("dtype");
    Integer bits = BITS.get(dtype);
    if (bits == null) {
      throw tensor.expected("dtype", "an element type of the format");
    }
    JsonArray sizes = tensor.getArray("shape");
    List<Long> shape = new ArrayList<>(sizes.size());
    for (int i = 0; i < sizes.size(); i++) {
      shape.add(nonNegative(sizes, i, "a size"));
    }
    JsonArray offsets = tensor.getArray("data_offsets");
    if (offsets.size() != 2) {
      throw tensor.expected("data_offsets", "two offsets");
    }
    long begin = nonNegative(offsets, 0, "an offset");
    long end = nonNegative(offsets, 1, "an offset");
    try {
      long bitCount = Math.multiplyExact(TensorInfo.elementCount(shape), (long) bits);
      if (bitCount % Byte.SIZE != 0 || end - begin != bitCount / Byte.SIZE) {
        throw file.malformed(
            "tensor %s: %s %s needs %d bits, its offsets span %d bytes"
                .formatted(TensorInfo.quote(name), dtype, shape, bitCount, end - begin));
      }
    } catch (ArithmeticException e) {
      throw file.malformed(
          "tensor %s: the shape overflows 64 bits".formatted(TensorInfo.quote(name)), e);
    }
    return new Entry(new TensorInfo(name, dtype, shape, end - begin), begin);
  }

  private static long nonNegative(JsonArray array, int index, String what) {
    if (array.get(index) instanceof JsonValue.Int(long value) && value >= 0) {
      return value;
    }
    throw array.expected(index, what);
  }
}
