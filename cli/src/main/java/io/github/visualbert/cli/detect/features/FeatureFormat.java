package io.github.visualbert.cli.detect.features;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The formats of region features, told by the ending of a file's name. */
public enum FeatureFormat {
  /** NumPy's array of one picture. */
  NPY,
  /** NumPy's zip of arrays. */
  NPZ,
  SAFETENSORS,
  /** As bottom-up attention publishes it: a line for each picture. */
  TSV,
  /** Arrow's format for files, a row for each picture. */
  ARROW,
  /** A JSON object for each picture. */
  JSONL;

  /** Returns the ending, with its dot. */
  public String ending() {
    return "." + this;
  }

  /** Returns the format of a file by its name. */
  public static Optional<FeatureFormat> of(Path file) {
    return Arrays.stream(values())
        .filter(format -> file.toString().endsWith(format.ending()))
        .findFirst();
  }

  /** Returns the format of a name as the command line has it. */
  public static Optional<FeatureFormat> of(String name) {
    return Arrays.stream(values()).filter(format -> format.toString().equals(name)).findFirst();
  }

  /** Returns all names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(FeatureFormat::toString).collect(Collectors.joining(", "));
  }

  /** Returns whether a file can hold the features of several pictures. */
  public boolean holdsMany() {
    return this != NPY;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
