package io.github.visualbert.cli.detector;

import io.github.visualbert.cli.file.LateJars;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A configuration in YAML as JSON text, which core reads.
 *
 * <p>The file is data: one mapping of keys to numbers, texts, lists and mappings. Tags, which name
 * types to make, and merge keys are refused, and so is a text that is larger or deeper than any
 * configuration, also after its aliases are replaced. The library is loaded by the first file.
 */
public final class YamlConfig {
  /** A hundred times the largest that is published. */
  static final int MAX_BYTES = 1 << 18;

  private YamlConfig() {}

  /**
   * Reads a file.
   *
   * @return an object of JSON
   * @throws ModelException when the file cannot be read, is not YAML, or is more than data
   */
  public static String json(Path file) {
    byte[] bytes = TextFiles.readOfModel(file, "a configuration in YAML", MAX_BYTES);
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ModelException(Kind.MALFORMED, file + ": expected UTF-8", e);
    }
    return json(text, file.toString());
  }

  /**
   * Converts a text, as {@link #json(Path)} does.
   *
   * @param source the name of the text, for messages
   */
  static String json(String text, String source) {
    try {
      LateJars.load("yaml", "org.snakeyaml.engine.v2.api.LoadSettings");
    } catch (IOException e) {
      throw new ModelException(
          Kind.UNSUPPORTED,
          source
              + ": the program cannot load its reader of YAML by itself on this JVM, put"
              + " lib/yaml/* on the class path: "
              + e.getMessage(),
          e);
    }
    return new YamlReader(source).json(text);
  }
}
