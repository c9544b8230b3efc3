package io.github.visualbert.spark;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The files of a table, in the order of their names.
 *
 * @param facts what tells whether a file is still the same: its name, size and time
 */
record InputListing(List<String> files, List<String> facts) {

  /** Lists files that Spark names by their URIs. */
  static InputListing of(SparkSession session, String[] uris) throws IOException {
    Configuration hadoop = session.sessionState().newHadoopConf();
    List<String> files = new ArrayList<>();
    List<String> facts = new ArrayList<>();
    for (String uri : Arrays.stream(uris).sorted().toList()) {
      Path path = new Path(URI.create(uri));
      FileStatus status = path.getFileSystem(hadoop).getFileStatus(path);
      files.add(path.toString());
      facts.add("%s %d %d".formatted(path, status.getLen(), status.getModificationTime()));
    }
    return new InputListing(files, facts);
  }

  /** Divides the files into so many steps, or as many as there are files. */
  List<List<String>> steps(int most) {
    int count = Math.min(most, files.size());
    List<List<String>> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int begin = (int) ((long) files.size() * i / count);
      int end = (int) ((long) files.size() * (i + 1) / count);
      steps.add(files.subList(begin, end));
    }
    return steps;
  }

  /** Returns the folder whose sub-folders may name partitions. */
  static String basePath(SparkSession session, String input) {
    Path path = new Path(input);
    try {
      FileSystem files = path.getFileSystem(session.sessionState().newHadoopConf());
      return files.exists(path) && files.getFileStatus(path).isFile()
          ? path.getParent().toString()
          : input;
    } catch (IOException _) {
      return input; // reported where the files are read
    }
  }
}
