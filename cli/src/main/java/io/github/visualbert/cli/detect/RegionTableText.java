package io.github.visualbert.cli.detect;

import io.github.visualbert.cli.console.Printable;
import io.github.visualbert.cli.console.TextTable;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.Region;
import java.io.PrintWriter;

/** Prints detections for people: a line for each region, the most confident first. */
final class RegionTableText {
  private final PrintWriter out;
  private boolean printed;

  RegionTableText(PrintWriter out) {
    this.out = out;
  }

  void print(Detection detection) {
    if (printed) {
      out.println();
    }
    printed = true;
    out.println(
        "%s: %d x %d, %d region%s"
            .formatted(
                Printable.of(detection.source()),
                detection.width(),
                detection.height(),
                detection.regions().size(),
                detection.regions().size() == 1 ? "" : "s"));
    TextTable table = new TextTable("rrlrrrr");
    for (Region region : detection.regions()) {
      table.row(
          "%.3f".formatted(region.confidence()),
          attribute(region),
          region.object() != null ? region.object() : "class " + region.objectId(),
          pixel(region.x1()),
          pixel(region.y1()),
          pixel(region.x2()),
          pixel(region.y2()));
    }
    table.print(out, "  ");
  }

  private static String attribute(Region region) {
    return region.attributeId() < 0
        ? ""
        : region.attribute() != null ? region.attribute() : "attribute " + region.attributeId();
  }

  private static String pixel(float coordinate) {
    return "%.1f".formatted(coordinate);
  }
}
