package io.github.visualbert.cli.detect.draw;

import io.github.visualbert.cli.draw.EmbeddedPicture;
import io.github.visualbert.cli.draw.SvgText;
import java.util.Locale;

/** A drawing as an SVG that holds its picture and refers to no other file. */
final class SvgDrawing {
  private SvgDrawing() {}

  /**
   * Returns the text of the file.
   *
   * @param picture what is drawn on
   */
  static String text(Drawing drawing, EmbeddedPicture picture) {
    StringBuilder svg = new StringBuilder();
    append(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d"
            + " %d\">%n",
        drawing.width(),
        drawing.height(),
        drawing.width(),
        drawing.height());
    append(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"#c0c0c0\"/>%n");
    append(
        svg,
        "<image width=\"%d\" height=\"%d\" preserveAspectRatio=\"none\""
            + " style=\"image-rendering:%s\" href=\"%s\"/>%n",
        drawing.scale() * picture.width(),
        drawing.scale() * picture.height(),
        drawing.scale() > 1 ? "pixelated" : "auto",
        picture.dataUrl());
    for (Drawing.Mark mark : drawing.marks()) {
      String box = rectangle(mark.box());
      append(
          svg,
          "<rect %s fill=\"none\" stroke=\"#ffffff\" stroke-opacity=\"0.6\" stroke-width=\"4\"/>%n",
          box);
      append(
          svg, "<rect %s fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", box, mark.colour());
    }
    append(
        svg,
        "<g font-family=\"sans-serif\" font-weight=\"bold\" font-size=\"%d\">%n",
        Drawing.FONT_SIZE);
    for (Drawing.Mark mark : drawing.marks()) {
      append(svg, "<rect %s fill=\"%s\"/>%n", rectangle(mark.label()), mark.colour());
      append(
          svg,
          "<text x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\""
              + " fill=\"%s\">%s</text>%n",
          Drawing.textX(mark.label()),
          Drawing.textY(mark.label()),
          Drawing.textWidth(mark.label()),
          mark.ink(),
          SvgText.escaped(mark.text()));
    }
    return svg.append("</g>\n</svg>\n").toString();
  }

  private static void append(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format.replace("%n", "\n"), values));
  }

  private static String rectangle(Drawing.Area area) {
    return String.format(
        Locale.ROOT,
        "x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"",
        area.x(),
        area.y(),
        area.width(),
        area.height());
  }
}
