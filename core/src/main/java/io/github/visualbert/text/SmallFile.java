package io.github.visualbert.text;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads whole files of a model that have no reason to be large. */
final class SmallFile {
  private SmallFile() {}

  /**
   * Returns the bytes of a file.
   *
   * @param what what the file should be, for the message
   * @throws ModelException when it cannot be read or has more than {@code maxBytes}
   */
  static byte[] read(Path file, String what, int maxBytes) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new ModelException(
            Kind.UNSUPPORTED,
            "%s: expected %s of at most %d bytes, found more".formatted(file, what, maxBytes));
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new ModelException(
          Kind.UNREADABLE, "%s: expected %s, found no such file".formatted(file, what), e);
    } catch (IOException e) {
      throw new ModelException(Kind.UNREADABLE, "%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
