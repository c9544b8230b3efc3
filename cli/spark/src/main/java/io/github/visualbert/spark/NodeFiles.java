package io.github.visualbert.spark;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;

/** Files as a node has them: at a path, or shipped with {@code --files} or {@code --archives}. */
final class NodeFiles {
  private static final Pattern FILE_URI = Pattern.compile("(?i)file:/.*");

  private NodeFiles() {}

  /**
   * Returns the path of a model's folder or file.
   *
   * @param name an absolute path, {@code file:} URI, or a name relative to the working directory or
   *     to where Spark puts shipped files; {@code .} is the folder of files shipped one by one
   */
  static Path find(String name) {
    Path path = Path.of(local(name));
    if (path.isAbsolute() || SparkEnv.get() == null) {
      return path;
    }
    Path shipped = Path.of(SparkFiles.getRootDirectory()).resolve(path).normalize();
    boolean here = name.equals(".") ? Files.exists(Path.of("config.json")) : Files.exists(path);
    return !here && Files.exists(shipped) ? shipped : path;
  }

  /** Returns a {@code file:} URI, as the source {@code binaryFile} gives them, as a plain path. */
  static String local(String name) {
    if (!FILE_URI.matcher(name).matches()) {
      return name;
    }
    try {
      return URI.create(name).getPath();
    } catch (IllegalArgumentException _) {
      return name.substring("file:".length()); // Hadoop does not encode its paths
    }
  }
}
