package io.github.visualbert.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * What decides the answers of a job, one fact a line: another job must not add to them.
 *
 * @param facts each begins with its name
 */
record JobIdentity(List<String> facts) {
  private static final long MAPPED_BYTES = 1L << 30;

  static JobIdentity of(AskSettings settings, String input, InputListing files, int steps) {
    ModelSettings model = settings.model();
    List<String> facts = new ArrayList<>();
    facts.add("task: " + settings.task());
    facts.add("top-k: " + settings.topK());
    facts.add("last-hidden-state: " + settings.lastHiddenState());
    facts.add("preset: " + model.preset());
    facts.add("model: " + content(model.model()));
    facts.add("detector: " + content(model.detector()));
    facts.add("labels: " + content(model.labels()));
    facts.add("input: " + input);
    facts.add("steps: " + steps);
    files.facts().forEach(file -> facts.add("input file: " + file));
    return new JobIdentity(facts);
  }

  /** Returns a checksum of a folder or file, or its name where it is on other nodes only. */
  private static String content(String name) {
    if (name == null) {
      return "none";
    }
    Path path = NodeFiles.find(name);
    if (!Files.exists(path)) {
      return name;
    }
    CRC32C sum = new CRC32C();
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        sum.update(
            path.relativize(file).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        add(file, sum);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "%08x".formatted(sum.getValue());
  }

  private static void add(Path file, CRC32C sum) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      for (long at = 0; at < channel.size(); at += MAPPED_BYTES) {
        MappedByteBuffer bytes =
            channel.map(
                FileChannel.MapMode.READ_ONLY, at, Math.min(MAPPED_BYTES, channel.size() - at));
        sum.update(bytes);
      }
    }
  }

  /** Returns the name of the first fact in which another job differs, or null. */
  String difference(List<String> other) {
    for (int i = 0; i < Math.max(facts.size(), other.size()); i++) {
      String mine = i < facts.size() ? facts.get(i) : "";
      String theirs = i < other.size() ? other.get(i) : "";
      if (!mine.equals(theirs)) {
        String either = mine.isEmpty() ? theirs : mine;
        return either.substring(0, Math.max(0, either.indexOf(':')));
      }
    }
    return null;
  }
}
