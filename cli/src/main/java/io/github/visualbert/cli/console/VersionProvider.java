package io.github.visualbert.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, from a file that the build writes. */
public final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {line()};
  }

  /** Returns the program's name and version, such as {@code visualbert 1.0.0}. */
  public static String line() {
    try (InputStream version = VersionProvider.class.getResourceAsStream("version.txt")) {
      return "visualbert " + new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
