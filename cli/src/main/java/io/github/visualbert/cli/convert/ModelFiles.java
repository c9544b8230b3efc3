package io.github.visualbert.cli.convert;

import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.config.Labels;
import io.github.visualbert.config.VisualBertConfig;
import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.internal.file.InputFiles;
import io.github.visualbert.internal.file.ModelFolder;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.model.Architecture;
import io.github.visualbert.text.Vocabulary;
import io.github.visualbert.weights.Checkpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The small files of a model folder, beside the weights. */
final class ModelFiles {
  private static final String CONFIG = ModelFolder.CONFIG;
  private static final String VOCABULARY = ModelFolder.VOCABULARY;

  /** The limit for each of them, which leaves space for a config.json with its labels. */
  private static final int MAX_FILE_BYTES = 64 << 20;

  private final Map<String, byte[]> files = new LinkedHashMap<>();

  private ModelFiles() {}

  /**
   * Collects the files of the new folder: those of the old one, where the checkpoint is a folder,
   * and those that the options give. A missing config.json is derived from the weights.
   *
   * @param labels names of the answers for config.json, or null
   * @param vocabulary replaces the folder's, or null
   * @throws ModelException when a file is invalid or does not fit the weights
   */
  static ModelFiles of(Path in, Checkpoint checkpoint, Path labels, Path vocabulary) {
    ModelFiles model = new ModelFiles();
    Path folder = Files.isDirectory(in) ? in : in.toAbsolutePath().getParent();
    if (Files.exists(folder.resolve(CONFIG))) {
      VisualBertConfig config = VisualBertConfig.read(folder.resolve(CONFIG));
      model.add(folder, CONFIG);
      if (labels != null) {
        model.files.put(CONFIG, label(model.files.get(CONFIG), labels, config.numLabels()));
      }
    } else {
      Architecture architecture = Architecture.recover(checkpoint, 0);
      byte[] config = config(architecture);
      model.files.put(
          CONFIG, labels == null ? config : label(config, labels, architecture.classes()));
    }
    if (vocabulary != null) {
      if (Files.exists(folder.resolve(ModelFolder.TOKENIZER))) {
        throw new ModelException(
            Kind.MISMATCH,
            "%s: holds a vocabulary, which goes before %s; expected no --vocab"
                .formatted(folder.resolve(ModelFolder.TOKENIZER), vocabulary));
      }
      Vocabulary.read(vocabulary);
      model.files.put(VOCABULARY, read(vocabulary));
    }
    List<String> others = new ArrayList<>(ModelFolder.OF_THE_TOKENIZER);
    others.add(ModelFolder.PREPROCESSOR_CONFIG);
    for (String name : others) {
      if (!model.files.containsKey(name) && Files.exists(folder.resolve(name))) {
        model.add(folder, name);
      }
    }
    return model;
  }

  /**
   * Collects the files of a detector: its configuration, as JSON, and its labels.
   *
   * @throws ModelException when a file cannot be read
   */
  static ModelFiles of(DetectorFolder detector) {
    ModelFiles model = new ModelFiles();
    model.files.put(CONFIG, (detector.json().strip() + "\n").getBytes(StandardCharsets.UTF_8));
    for (String name : DetectorFolder.LABELS) {
      if (Files.exists(detector.folder().resolve(name))) {
        model.add(detector.folder(), name);
      }
    }
    return model;
  }

  private void add(Path folder, String name) {
    files.put(name, read(folder.resolve(name)));
  }

  private static byte[] read(Path file) {
    return InputFiles.readOfModel(file, "a file without weights", MAX_FILE_BYTES);
  }

  /** Returns a config.json that names the answers. */
  private static byte[] label(byte[] config, Path file, int count) {
    List<String> labels = Labels.read(file, count);
    JsonObject object = Json.parseObject(TextFiles.contentOfModel(Path.of(CONFIG), "JSON", config));
    JsonWriter json = new JsonWriter().beginObject();
    for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
      if (!List.of("id2label", "label2id", "num_labels").contains(member.getKey())) {
        json.name(member.getKey()).value(member.getValue());
      }
    }
    json.name("id2label").beginObject();
    for (int i = 0; i < labels.size(); i++) {
      json.field(Integer.toString(i), labels.get(i));
    }
    json.endObject();
    return bytes(json);
  }

  /** Returns a config.json derived from the names and shapes of the tensors. */
  private static byte[] config(Architecture model) {
    JsonWriter json = new JsonWriter().beginObject();
    json.name("architectures").beginArray().value(model.head().className()).endArray();
    json.field("model_type", "visual_bert");
    model.config().writeSizes(json);
    if (model.classes() > 1) {
      json.field("num_labels", model.classes());
    }
    return bytes(json);
  }

  private static byte[] bytes(JsonWriter json) {
    return (json.endObject() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Creates the folder, whole or not at all.
   *
   * @param weights writes them into the folder that it is given
   * @throws OutputException when something cannot be written
   */
  void writeWith(Path target, Consumer<Path> weights) {
    Path beside = AtomicFile.replacing(target).unfinished();
    try {
      Files.createDirectory(beside);
      try {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          Files.write(beside.resolve(file.getKey()), file.getValue());
        }
        weights.accept(beside);
        Files.move(beside, target);
      } finally {
        deleteFolder(beside);
      }
    } catch (IOException e) {
      throw new OutputException(target, e);
    }
  }

  private static void deleteFolder(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }
}
