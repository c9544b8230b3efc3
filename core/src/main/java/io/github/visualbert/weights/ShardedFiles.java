package io.github.visualbert.weights;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonValue.Text;
import io.github.visualbert.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tensors spread over several files, which an index names: {@code {"metadata": {...}, "weight_map":
 * {tensor: file}}}.
 *
 * <p>The files lie in the folder of the index. Every tensor of the index must be in the file that
 * it names; tensors of a file that the index does not mention are left out.
 */
final class ShardedFiles implements TensorSource {
  private static final int LONGEST_INDEX = 100_000_000;

  private final Path path;
  private final Map<String, String> metadata;
  private final Map<String, TensorSource> shards;
  private final Map<String, TensorSource> shardOfTensor;

  private ShardedFiles(
      Path path,
      Map<String, String> metadata,
      Map<String, TensorSource> shards,
      Map<String, TensorSource> shardOfTensor) {
    this.path = path;
    this.metadata = Collections.unmodifiableMap(metadata);
    this.shards = shards;
    this.shardOfTensor = Collections.unmodifiableMap(shardOfTensor);
  }

  static ShardedFiles open(Path path, Arena arena) {
    try (Arena own = Arena.ofConfined();
        MappedFile file = MappedFile.open(path, own)) {
      if (file.size() > LONGEST_INDEX) {
        throw file.malformed(
            "expected an index of at most %d bytes, found %d"
                .formatted(LONGEST_INDEX, file.size()));
      }
      JsonObject index =
          Json.parseObject(
              TextFiles.contentOfModel(path, "an index", file.read(0, (int) file.size())));
      Map<String, String> metadata = new LinkedHashMap<>();
      if (index.has("metadata")) {
        index
            .getObject("metadata")
            .members()
            .forEach(
                (key, value) ->
                    metadata.put(
                        key, value instanceof Text(String text) ? text : value.describe()));
      }
      return open(path, index.getObject("weight_map"), metadata, arena);
    } catch (JsonException e) {
      throw new ModelException(Kind.MALFORMED, path + ": " + e.getMessage(), e);
    }
  }

  private static ShardedFiles open(
      Path path, JsonObject weightMap, Map<String, String> metadata, Arena arena) {
    Map<String, TensorSource> shards = new LinkedHashMap<>();
    Map<String, TensorSource> shardOfTensor = new LinkedHashMap<>();
    try {
      for (String tensor : weightMap.keys()) {
        String name = weightMap.getString(tensor);
        TensorSource shard = shards.get(name);
        if (shard == null) {
          shard = WeightFiles.openFile(sibling(path, name), arena);
          shards.put(name, shard);
        }
        if (!shard.names().contains(tensor)) {
          throw new ModelException(
              Kind.MALFORMED,
              "%s: expected tensor %s in %s, which does not have it"
                  .formatted(path, TensorInfo.quote(tensor), name));
        }
        shardOfTensor.put(tensor, shard);
      }
      return new ShardedFiles(path, metadata, shards, shardOfTensor);
    } catch (RuntimeException e) {
      shards.values().forEach(TensorSource::close);
      throw e;
    }
  }

  /** A shard lies beside its index; a name with folders in it is refused wherever it may lead. */
  private static Path sibling(Path index, String name) {
    try {
      Path file = Path.of(name);
      if (file.getNameCount() == 1
          && !file.isAbsolute()
          && !name.isEmpty()
          && !name.equals("..")
          && name.chars().noneMatch(Character::isISOControl)) { // it will stand in messages
        return index.resolveSibling(file);
      }
    } catch (InvalidPathException e) {
      // Refused below, as any other name that is not one of a file in this folder.
    }
    throw new ModelException(
        Kind.MALFORMED,
        "%s: expected the name of a file beside it, found %s"
            .formatted(index, TensorInfo.quote(name)));
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public WeightFormat format() {
    return WeightFormat.SHARDED;
  }

  @Override
  public Set<String> names() {
    return shardOfTensor.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    return shard(name).info(name);
  }

  @Override
  public Tensor tensor(String name) {
    return shard(name).tensor(name);
  }

  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public void checkUnchanged() {
    shards.values().forEach(TensorSource::checkUnchanged);
  }

  @Override
  public void close() {
    shards.values().forEach(TensorSource::close);
  }

  private TensorSource shard(String name) {
    TensorSource shard = shardOfTensor.get(name);
    if (shard == null) {
      throw new ModelException(
          Kind.MISMATCH, "%s: no tensor %s".formatted(path, TensorInfo.quote(name)));
    }
    return shard;
  }
}
