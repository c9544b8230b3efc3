package io.github.visualbert.cli.detect;

import java.nio.file.Path;

/**
 * A picture to look at.
 *
 * @param path as messages and answers name it
 * @param name of its own file of features, and in a file of several pictures: the file's name
 *     without its ending
 */
record PictureFile(Path path, String name) {
  static PictureFile of(Path path) {
    String name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return new PictureFile(path, dot > 0 ? name.substring(0, dot) : name);
  }
}
