package io.github.visualbert.text;

import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The reference's answers, as they lie in testdata. */
final class TokenizerGoldens {
  static final Path TESTDATA = Path.of(System.getProperty("testdata"));
  static final Path FOLDER = TESTDATA.resolve("goldens/tokenizer");

  private TokenizerGoldens() {}

  static BertTokenizer tokenizer(boolean lowerCase) {
    return new BertTokenizer(
        vocabulary(), lowerCase ? TokenizerConfig.uncased() : TokenizerConfig.cased());
  }

  static Vocabulary vocabulary() {
    return Vocabulary.read(FOLDER.resolve("vocab.txt"));
  }

  static List<JsonObject> lines(Path file) {
    return readString(file)
        .lines()
        .map(line -> Json.parseObject(line.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  static JsonObject object(Path file) {
    return Json.parseObject(readString(file).getBytes(StandardCharsets.UTF_8));
  }

  static int[] ints(JsonArray array) {
    return IntStream.range(0, array.size()).map(array::getInt).toArray();
  }

  private static String readString(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
