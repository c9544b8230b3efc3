package io.github.visualbert.detect;

import io.github.visualbert.kernel.Execution;
import io.github.visualbert.kernel.FeatureMap;
import io.github.visualbert.kernel.ImageKernels;
import io.github.visualbert.kernel.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The backbone: a stem and stages, each of which but the first halves the map. */
final class ResNet {
  private final Stem stem;
  private final List<ResidualStage> stages;

  private ResNet(Stem stem, List<ResidualStage> stages) {
    this.stem = stem;
    this.stages = stages;
  }

  /**
   * Loads a backbone.
   *
   * @param name what its names begin with
   * @param last the number of its last stage
   */
  static ResNet load(
      DetectorWeights weights, String name, int last, DetectorConfig.Network stated) {
    String stem = name + ".stem.conv1";
    int channels = weights.size(stem + ".weight", 0, 4, Math.max(stated.stemChannels(), 1));
    weights.agree("stem_out_channels", stated.stemChannels(), "channels of the stem", channels);
    ResNet net =
        new ResNet(Stem.load(weights, stem, channels, stated.caffePooling()), new ArrayList<>());
    int in = channels;
    for (int number = 2; number <= last; number++) {
      ResidualStage stage =
          ResidualStage.load(
              weights, name + ".res" + number, number, in, number == 2 ? 1 : 2, 1, stated);
      net.stages.add(stage);
      in = stage.channels();
    }
    return net;
  }

  /** Returns the stages, from res2. */
  List<ResidualStage> stages() {
    return stages;
  }

  /** Returns the channels of the last stage. */
  int channels() {
    return stages.getLast().channels();
  }

  /** Returns the length of the last map; less than 1 when the picture is too small for the stem. */
  int outputs(int length) {
    int outputs = stem.outputs(length);
    for (ResidualStage stage : stages) {
      outputs = outputs < 1 ? 0 : stage.outputs(outputs);
    }
    return outputs;
  }

  /** Returns the floats that a pass allocates at once, its outputs included. */
  long floats(int height, int width) {
    int down = stem.outputs(height);
    int across = stem.outputs(width);
    long kept = Maps.floats(stem.channels(), down, across);
    long most = kept + stem.floats(height, width);
    for (ResidualStage stage : stages) {
      long inside = stage.floats(down, across, Maps::floats);
      down = stage.outputs(down);
      across = stage.outputs(across);
      kept += Maps.floats(stage.channels(), down, across);
      most = Math.max(most, kept + inside);
    }
    return most;
  }

  /** Returns the floats of the maps that stay in the workspace. */
  long keptFloats(int height, int width) {
    int down = stem.outputs(height);
    int across = stem.outputs(width);
    long kept = Maps.floats(stem.channels(), down, across);
    for (ResidualStage stage : stages) {
      down = stage.outputs(down);
      across = stage.outputs(across);
      kept += Maps.floats(stage.channels(), down, across);
    }
    return kept;
  }

  /** Returns the blocks of all stages in words: {@code 3 + 4 + 23}. */
  String blocks() {
    return stages.stream()
        .map(stage -> Integer.toString(stage.blocks()))
        .collect(Collectors.joining(" + "));
  }

  /**
   * Returns the last map (channels, h / 2^stages, w / 2^stages) of a picture x (3, h, w). It and
   * those before it lie in the workspace.
   */
  FeatureMap forward(Execution execution, ImageKernels kernels, FeatureMap x, Stages traced) {
    return maps(execution, kernels, x, traced).getLast();
  }

  /** Returns the maps of all stages, from res2, likewise. */
  List<FeatureMap> maps(Execution execution, ImageKernels kernels, FeatureMap x, Stages traced) {
    List<FeatureMap> maps = new ArrayList<>();
    Workspace workspace = execution.workspace();
    FeatureMap map =
        FeatureMap.of(
            workspace, stem.channels(), stem.outputs(x.height()), stem.outputs(x.width()));
    stem.forward(execution, kernels, x, map);
    traced.map("stem", map);
    int number = 2;
    for (ResidualStage stage : stages) {
      FeatureMap next =
          FeatureMap.of(
              workspace, stage.channels(), stage.outputs(map.height()), stage.outputs(map.width()));
      stage.forward(execution, kernels, map, next);
      traced.map("res" + number++, next);
      maps.add(next);
      map = next;
    }
    return maps;
  }
}
