package io.github.visualbert.task;

import java.util.List;

/**
 * The attention of a model that read a text and its pictures. Immutable and thread-safe.
 *
 * @param rows what the rows and columns of each map stand for
 * @param maps the heads that were asked for, by layer and then by head
 * @param rollout for each layer, from the first, what its input words and regions contribute to its
 *     output ({@link AttentionGrounding#explain}); empty when it was not asked for
 */
public record AttentionMaps(
    AttentionRows rows, List<AttentionMap> maps, List<AttentionMap> rollout) {

  public AttentionMaps {
    maps = List.copyOf(maps);
    rollout = List.copyOf(rollout);
  }

  /**
   * Returns the map of a head.
   *
   * @throws IllegalArgumentException when it was not asked for
   */
  public AttentionMap map(int layer, int head) {
    return maps.stream()
        .filter(map -> map.layer() == layer && map.head() == head)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "layer %d, head %d is not among the heads that were asked for"
                        .formatted(layer, head)));
  }
}
