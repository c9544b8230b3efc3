package io.github.visualbert.detect;

import io.github.visualbert.kernel.FeatureMap;
import java.util.Arrays;

/** What a pass hands over of its stages: nothing, unless somebody listens. */
final class Stages {
  /** Nobody listens. */
  static final Stages NONE = new Stages(null);

  private final StageSink sink;

  Stages(StageSink sink) {
    this.sink = sink;
  }

  boolean areWanted() {
    return sink != null;
  }

  /** Hands over a single map as (1, channels, height, width). */
  void map(String name, FeatureMap map) {
    if (sink != null) {
      sink.floats(name, map.toArray(), 1, map.channels(), map.height(), map.width());
    }
  }

  void floats(String name, float[] values, long... shape) {
    if (sink != null) {
      sink.floats(name, values.clone(), shape);
    }
  }

  void ints(String name, int... values) {
    if (sink != null) {
      sink.longs(name, Arrays.stream(values).asLongStream().toArray(), values.length);
    }
  }
}
