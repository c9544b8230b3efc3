package io.github.visualbert.cli.explanation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The files with which a page shows explanations. */
public enum ViewFile {
  /** What is shown, empty: texts, regions, answers and heads. */
  HTML("view.html"),
  CSS("view.css"),
  /** Fills it with what {@link ExplanationView} writes. */
  JS("view.js");

  private final String name;

  ViewFile(String name) {
    this.name = name;
  }

  /** Returns the content of the file. */
  public String text() {
    return text(ViewFile.class, name);
  }

  /** Returns the content of a file that lies beside a class. */
  public static String text(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
