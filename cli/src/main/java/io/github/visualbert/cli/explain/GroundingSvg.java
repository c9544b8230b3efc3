package io.github.visualbert.cli.explain;

import io.github.visualbert.cli.draw.SvgText;
import io.github.visualbert.cli.explanation.Explanation;
import io.github.visualbert.cli.explanation.ShownPicture;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.AttentionMap.Grounding;
import io.github.visualbert.task.AttentionRows.Source;
import io.github.visualbert.task.AttentionRows.Word;
import io.github.visualbert.vision.Box;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One word under one head, drawn on its picture: the wider and the more solid the frame of a
 * region, the more of the attention goes there; the strongest have their share beside their number.
 * Regions of which no place is known are bars. Refers to no other file.
 */
final class GroundingSvg {
  private static final int PICTURE_WIDTH = 560;
  private static final int MARGIN = 12;
  private static final int LINE = 22;
  private static final int LETTERS = 64; // of a line of text
  private static final int LABELLED = 3;

  private final Explanation explanation;
  private final AttentionMap map;
  private final int[] words;
  private final double[] weights;
  private final StringBuilder svg = new StringBuilder();
  private double y = MARGIN;

  private GroundingSvg(Explanation explanation, AttentionMap map, int[] words) {
    this.explanation = explanation;
    this.map = map;
    this.words = words;
    this.weights = map.toRegions(words);
  }

  /** Returns the text of the file. */
  static String text(Explanation explanation, AttentionMap map, int... words) {
    return new GroundingSvg(explanation, map, words).draw();
  }

  private String draw() {
    int first = 0;
    for (ShownPicture picture : explanation.pictures()) {
      if (picture.boxes().isEmpty()) {
        bars(picture, first);
      } else {
        picture(picture, first);
      }
      first += picture.regions();
      y += MARGIN;
    }
    caption();
    int width = PICTURE_WIDTH + 2 * MARGIN;
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" viewBox=\"0 0"
                + " %d %.0f\" font-family=\"sans-serif\" font-size=\"15\">\n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
            width,
            y,
            width,
            y)
        + svg
        + "</svg>\n";
  }

  private void picture(ShownPicture picture, int first) {
    double height =
        picture.image() == null
            ? PICTURE_WIDTH
            : (double) PICTURE_WIDTH * picture.image().height() / picture.image().width();
    if (picture.image() == null) {
      append(
          "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"#e8eaee\"/>\n",
          MARGIN, y, PICTURE_WIDTH, height);
    } else {
      append(
          "<image x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" preserveAspectRatio=\"none\""
              + " style=\"image-rendering:%s\" href=\"%s\"/>\n",
          MARGIN,
          y,
          PICTURE_WIDTH,
          height,
          picture.image().width() < PICTURE_WIDTH ? "pixelated" : "auto",
          picture.image().dataUrl());
    }
    double most = IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).max().orElse(0);
    List<Integer> order = // the strongest last, so that it is on top
        IntStream.range(first, first + picture.regions())
            .boxed()
            .sorted((a, b) -> Double.compare(weights[a], weights[b]))
            .toList();
    for (int region : order) {
      Box box = picture.boxes().get(region - first);
      double rank = most > 0 ? weights[region] / most : 0;
      double left = MARGIN + PICTURE_WIDTH * Math.clamp(box.left(), 0f, 1f);
      double top = y + height * Math.clamp(box.top(), 0f, 1f);
      double wide = Math.max(1, MARGIN + PICTURE_WIDTH * Math.clamp(box.right(), 0f, 1f) - left);
      double high = Math.max(1, y + height * Math.clamp(box.bottom(), 0f, 1f) - top);
      String frame =
          String.format(
              Locale.ROOT,
              "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#ffd60a\""
                  + " fill-opacity=\"%.2f\"",
              left,
              top,
              wide,
              high,
              0.55 * rank);
      append(
          "%s stroke=\"#ffffff\" stroke-opacity=\"%.2f\" stroke-width=\"%.1f\"/>\n",
          frame, 0.3 + 0.7 * rank, 3 + 5 * rank);
      append(
          "%s stroke=\"#000000\" stroke-opacity=\"%.2f\" stroke-width=\"%.1f\"/>\n",
          frame.replaceFirst("fill-opacity=\"[0-9.]+\"", "fill-opacity=\"0\""),
          0.3 + 0.7 * rank,
          1 + 3 * rank);
    }
    for (int region : order.subList(Math.max(0, order.size() - LABELLED), order.size())) {
      Box box = picture.boxes().get(region - first);
      label(picture, region, first, box, height);
    }
    y += height;
  }

  private void label(ShownPicture picture, int region, int first, Box box, double height) {
    String text =
        "%d%s %s"
            .formatted(
                region - first,
                picture.labels().isEmpty() ? "" : " " + picture.labels().get(region - first),
                percent(weights[region]));
    double wide = Math.min(PICTURE_WIDTH, 8.5 * text.codePointCount(0, text.length()) + 8);
    double left =
        Math.clamp(MARGIN + PICTURE_WIDTH * box.left(), MARGIN, MARGIN + PICTURE_WIDTH - wide);
    double top =
        Math.clamp(y + height * box.top() - LINE, y, y + height - LINE); // above, if it can
    append(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"#000000\"/>\n",
        left, top, wide, LINE - 2);
    append(
        "<text x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\""
            + " fill=\"#ffffff\">%s</text>\n",
        left + 4, top + 15, wide - 8, SvgText.escaped(text));
  }

  private void bars(ShownPicture picture, int first) {
    for (int i = 0; i < picture.regions(); i++) {
      append(
          "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"14\" fill=\"#1b1b1f\"/>\n",
          MARGIN + 220, y + 4, 240 * Math.min(1, weights[first + i]));
      append(
          "<text x=\"%d\" y=\"%.1f\">%s</text>\n",
          MARGIN, y + 16, SvgText.escaped(cut(picture.name(i), 26)));
      append(
          "<text x=\"%d\" y=\"%.1f\">%s</text>\n",
          MARGIN + 470, y + 16, percent(weights[first + i]));
      y += LINE;
    }
  }

  /** Writes the text with the words in bold, and what they do. */
  private void caption() {
    int letters = 0;
    StringBuilder line = new StringBuilder();
    List<Word> all = explanation.rows().words();
    for (int i = 0; i < all.size(); i++) {
      int index = i;
      Word word = all.get(i);
      if (word.source() == Source.ADDED) {
        continue;
      }
      String text = cut(word.text(), LETTERS);
      if (letters + text.length() > LETTERS) {
        line(line);
        letters = 0;
      }
      boolean bold = IntStream.of(words).anyMatch(each -> each == index);
      line.append(bold ? "<tspan font-weight=\"bold\" text-decoration=\"underline\">" : "")
          .append(SvgText.escaped(text))
          .append(bold ? "</tspan> " : " ");
      letters += text.length() + 1;
    }
    line(line);
    Grounding found = map.ground(words);
    line(
        new StringBuilder(
            SvgText.escaped(
                "%s: %s of its attention goes to regions"
                    .formatted(Explanation.name(map), percent(found.mass())))));
    y += MARGIN;
  }

  private void line(StringBuilder text) {
    y += LINE;
    append("<text x=\"%d\" y=\"%.1f\" fill=\"#1b1b1f\">%s</text>\n", MARGIN, y, text);
    text.setLength(0);
  }

  private static String cut(String text, int letters) {
    return text.codePointCount(0, text.length()) <= letters
        ? text
        : text.substring(0, text.offsetByCodePoints(0, letters - 1)) + "\u2026";
  }

  static String percent(double share) {
    return share >= 0.0995
        ? Math.round(100 * share) + " %"
        : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private void append(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
