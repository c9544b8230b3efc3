package io.github.visualbert.cli.detector;

import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import java.util.List;

/**
 * The regions of a detection column by column, as files of features hold them.
 *
 * @param boxes four pixels for each region: left, upper, right and lower edge
 */
@SuppressWarnings("ArrayRecordComponent") // made for a writer, and gone
public record RegionTable(
    float[] boxes,
    long[] proposals,
    long[] objectIds,
    float[] objectProbs,
    float[] selectionProbs,
    long[] attributeIds,
    float[] attributeProbs) {

  public static RegionTable of(Detection detection) {
    List<Region> regions = detection.regions();
    int count = regions.size();
    RegionTable table =
        new RegionTable(
            new float[4 * count],
            new long[count],
            new long[count],
            new float[count],
            new float[count],
            new long[count],
            new float[count]);
    for (int i = 0; i < count; i++) {
      Region region = regions.get(i);
      table.boxes[4 * i] = region.x1();
      table.boxes[4 * i + 1] = region.y1();
      table.boxes[4 * i + 2] = region.x2();
      table.boxes[4 * i + 3] = region.y2();
      table.proposals[i] = region.proposal();
      table.objectIds[i] = region.objectId();
      table.objectProbs[i] = region.confidence();
      table.selectionProbs[i] = region.selectionConfidence();
      table.attributeIds[i] = region.attributeId();
      table.attributeProbs[i] = region.attributeConfidence();
    }
    return table;
  }
}
