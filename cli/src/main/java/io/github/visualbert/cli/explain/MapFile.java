package io.github.visualbert.cli.explain;

import io.github.visualbert.cli.file.NpzWriter;
import io.github.visualbert.cli.file.OutputException;
import io.github.visualbert.internal.file.AtomicFile;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.AttentionMaps;
import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes maps as the model computes them, F32: {@code attentions.N} (heads, rows, rows) for each
 * layer with selected heads, in their order, and {@code rollout.N} (rows, rows) for each layer.
 */
final class MapFile {
  static final String NPZ = ".npz";
  static final String SAFETENSORS = ".safetensors";

  private MapFile() {}

  /** Returns whether a file's name has a supported ending. */
  static boolean supports(Path file) {
    return file.toString().endsWith(NPZ) || file.toString().endsWith(SAFETENSORS);
  }

  /** Writes the file, whole or not at all. */
  static void write(Path target, AttentionMaps maps) {
    Map<String, Tensor> tensors = tensors(maps);
    try {
      if (target.toString().endsWith(NPZ)) {
        try (AtomicFile file = AtomicFile.of(target)) {
          try (NpzWriter npz = new NpzWriter(file.unfinished())) {
            for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
              npz.add(each.getKey(), each.getValue());
            }
          }
          file.commit();
        }
      } else {
        SafetensorsWriter writer = new SafetensorsWriter();
        tensors.forEach(writer::add);
        writer.write(target);
      }
    } catch (IOException e) {
      throw new OutputException(target, e);
    }
  }

  private static Map<String, Tensor> tensors(AttentionMaps maps) {
    Map<Integer, List<AttentionMap>> layers = new LinkedHashMap<>();
    for (AttentionMap map : maps.maps()) {
      layers.computeIfAbsent(map.layer(), _ -> new ArrayList<>()).add(map);
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    layers.forEach((layer, heads) -> tensors.put("attentions." + layer, stack(heads)));
    maps.rollout().forEach(map -> tensors.put("rollout." + map.layer(), map.tensor()));
    return tensors;
  }

  private static Tensor stack(List<AttentionMap> heads) {
    int rows = heads.getFirst().rows().count();
    float[] values = new float[Math.multiplyExact(heads.size(), Math.multiplyExact(rows, rows))];
    for (int head = 0; head < heads.size(); head++) {
      heads.get(head).tensor().copyTo(0, values, head * rows * rows, rows * rows);
    }
    return Tensor.of(values, heads.size(), rows, rows);
  }
}
