package io.github.visualbert.cli.batch;

import io.github.visualbert.VisualBert;
import io.github.visualbert.ask.TaskName;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that determines the answers of a batch run: the task and its options, and digests of
 * the model's files and of the input. A run is resumed only if all of it is unchanged.
 *
 * <p>Kernels and threads are left out, as they change no bit of an answer.
 *
 * @param facts values by name
 */
public record RunIdentity(Map<String, String> facts) {
  private static final String PIPE = "a pipe";
  private static final String NONE = "none";

  /** Endings of the files in a folder that belong to its model. */
  private static final List<String> MODEL_FILES =
      List.of(".json", ".txt", ".safetensors", ".bin", ".th", ".pth", ".pt", ".ckpt");

  /**
   * Collects the facts of a run.
   *
   * @param model opened from {@code folder}
   * @param allStates whether {@code encode} gives every row of the last layer
   * @param input the file of the rows
   * @throws InputException when a file cannot be read
   */
  public static RunIdentity of(
      TaskName task, VisualBert model, Path folder, int topK, boolean allStates, Path input) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("task", task.toString());
    facts.put("--top-k", Integer.toString(topK));
    facts.put("--last-hidden-state", Boolean.toString(allStates));
    facts.put("--preset", model.preset().presetName());
    facts.put("labels", digest(String.join("\n", model.labels())));
    facts.put("model", digestOfModel(folder));
    facts.put("input", Files.isRegularFile(input) ? digest(List.of(input)) : PIPE);
    return new RunIdentity(facts);
  }

  /** Returns the identity of a run that a further value determines. */
  public RunIdentity and(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(facts);
    more.put(name, value);
    return new RunIdentity(more);
  }

  /**
   * Returns the identity of a run that the content of files determines, too.
   *
   * @throws InputException when one cannot be read
   */
  public RunIdentity andFiles(String name, List<Path> files) {
    return and(name, digest(files));
  }

  /** Reads what {@link #json} wrote. */
  public static RunIdentity read(JsonObject json) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (String name : json.keys()) {
      facts.put(name, json.getString(name));
    }
    return new RunIdentity(facts);
  }

  /** Returns one line of JSON. */
  public String json() {
    JsonWriter json = new JsonWriter().beginObject();
    facts.forEach(json::field);
    return json.endObject().toString();
  }

  /** Returns the first difference to an earlier run, in words; empty when there is none. */
  public Optional<String> difference(RunIdentity earlier) {
    Set<String> names = new LinkedHashSet<>(facts.keySet());
    names.addAll(earlier.facts.keySet());
    for (String name : names) {
      String now = facts.getOrDefault(name, NONE);
      String then = earlier.facts.getOrDefault(name, NONE);
      if (!now.equals(then)) {
        boolean digest = now.length() == 64 || then.length() == 64;
        return Optional.of(
            digest ? "another " + name : "%s was %s, is %s".formatted(name, then, now));
      }
    }
    return Optional.empty();
  }

  private static String digestOfModel(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return digest(
          files
              .filter(file -> MODEL_FILES.stream().anyMatch(file.toString()::endsWith))
              .filter(Files::isRegularFile)
              .sorted()
              .toList());
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static InputException unreadable(Path file, IOException e) {
    return new InputException(
        Kind.UNREADABLE, "%s: cannot be read (%s)".formatted(file, InputFiles.reason(e)), e);
  }

  private static String digest(List<Path> files) {
    MessageDigest sha = sha256();
    byte[] buffer = new byte[1 << 16];
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        for (int count; (count = in.read(buffer)) > 0; ) {
          sha.update(buffer, 0, count);
        }
      } catch (IOException e) {
        throw unreadable(file, e);
      }
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static String digest(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
