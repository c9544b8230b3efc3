package io.github.visualbert.cli.evaluate.grounding;

import java.util.Locale;

/**
 * The plot of the papers: accuracy by layer, a dot for each head, its area the share of attention
 * on regions; heads that give regions less than a fifth are small and hollow. Dashed lines are the
 * baselines. An SVG that refers to no other file.
 */
public final class GroundingPlot {
  private static final int LEFT = 56;
  private static final int TOP = 16;
  private static final int HEIGHT = 320;
  private static final int LEAST_WIDTH = 500;
  private static final int LEAST_LAYER = 56; // wide
  private static final double SPREAD = 0.64; // of a layer's width, for its heads
  private static final int LINE = 22;
  private static final double FAINT_RADIUS = 2;
  private static final double LARGEST_RADIUS = 8;

  /** Tells lines apart without colour. */
  private static final String[] DASHES = {"8 4", "2 3", "10 3 2 3"};

  private final GroundingScores scores;
  private final HeadTally all;
  private final int width;
  private final double highest; // percent
  private final StringBuilder svg = new StringBuilder();

  private GroundingPlot(GroundingScores scores) {
    this.scores = scores;
    this.all = scores.all();
    this.width = Math.max(LEAST_WIDTH, all.layers() * LEAST_LAYER);
    double most = all.best().percent();
    for (Baseline baseline : scores.baselines()) {
      most = Math.max(most, all.percent(baseline));
    }
    this.highest = Math.clamp(10 * Math.ceil(most / 10), 10, 100);
  }

  /** Returns the text of the file. */
  public static String svg(GroundingScores scores) {
    return new GroundingPlot(scores).draw();
  }

  private String draw() {
    axes();
    int legend = TOP + HEIGHT + 3 * LINE;
    int line = 0;
    for (Baseline baseline : scores.baselines()) {
      double y = y(all.percent(baseline));
      dashed(LEFT, y, LEFT + width, DASHES[baseline.ordinal()]);
      dashed(LEFT, legend + line * LINE - 5, LEFT + 40, DASHES[baseline.ordinal()]);
      text(LEFT + 48, legend + line * LINE, "start", legend(baseline));
      line++;
    }
    for (HeadAccuracy head : all.all()) {
      dot(head);
    }
    text(
        LEFT,
        legend + line * LINE,
        "start",
        "a dot is a head, its area the attention on regions; hollow: less than 20 %");
    int high = legend + line * LINE + LINE;
    int wide = LEFT + width + 16;
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d"
                + " %d\" font-family=\"sans-serif\" font-size=\"14\">\n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
            wide,
            high,
            wide,
            high)
        + svg
        + "</svg>\n";
  }

  private String legend(Baseline baseline) {
    return String.format(Locale.ROOT, "%s: %.1f %%", baseline.description(), all.percent(baseline));
  }

  private void axes() {
    for (int percent = 0; percent <= highest; percent += highest > 50 ? 20 : 10) {
      append(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#d5d8de\"/>\n",
          LEFT, y(percent), LEFT + width, y(percent));
      text(LEFT - 8, y(percent) + 5, "end", percent + " %");
    }
    for (int layer = 0; layer < all.layers(); layer++) {
      text(x(layer), TOP + HEIGHT + LINE, "middle", Integer.toString(layer));
    }
    text(LEFT + width / 2.0, TOP + HEIGHT + 2 * LINE - 4, "middle", "layer");
  }

  private void dot(HeadAccuracy head) {
    double across =
        all.heads() == 1
            ? 0
            : SPREAD * width / all.layers() * ((double) head.head() / (all.heads() - 1) - 0.5);
    append(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\" fill-opacity=\"0.7\""
            + " stroke=\"#14365c\"><title>layer %d, head %d: %.1f %%, %.0f %% on"
            + " regions</title></circle>\n",
        x(head.layer()) + across,
        y(head.percent()),
        head.isFaint() ? FAINT_RADIUS : LARGEST_RADIUS * Math.sqrt(head.mass()),
        head.isFaint() ? "none" : "#2f6db5",
        head.layer(),
        head.head(),
        head.percent(),
        100 * head.mass());
  }

  private double x(int layer) {
    return LEFT + width * (layer + 0.5) / all.layers();
  }

  private double y(double percent) {
    return TOP + HEIGHT * (1 - percent / highest);
  }

  private void dashed(double from, double y, double to, String dashes) {
    append(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#b3401a\""
            + " stroke-width=\"2\" stroke-dasharray=\"%s\"/>\n",
        from, y, to, y, dashes);
  }

  private void text(double x, double y, String anchor, String words) {
    append(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#1b1b1f\">%s</text>\n",
        x, y, anchor, words);
  }

  private void append(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
