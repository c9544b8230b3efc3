package io.github.visualbert.cli.detect.draw;

import io.github.visualbert.cli.draw.EmbeddedPicture;
import io.github.visualbert.picture.Picture;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.TextAttribute;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Map;

/** A drawing as a PNG. */
final class PngDrawing {
  static {
    System.setProperty("java.awt.headless", "true"); // no window is opened
  }

  private PngDrawing() {}

  /**
   * Returns the file of a drawing.
   *
   * @throws IOException when this JVM has no fonts
   */
  static byte[] encode(Drawing drawing, Picture picture) throws IOException {
    BufferedImage canvas =
        new BufferedImage(drawing.width(), drawing.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = canvas.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    graphics.setColor(Color.LIGHT_GRAY);
    graphics.fillRect(0, 0, drawing.width(), drawing.height());
    graphics.drawImage(
        EmbeddedPicture.image(picture),
        AffineTransform.getScaleInstance(drawing.scale(), drawing.scale()),
        null);
    for (Drawing.Mark mark : drawing.marks()) {
      Rectangle2D box = rectangle(mark.box());
      graphics.setStroke(new BasicStroke(4));
      graphics.setColor(new Color(255, 255, 255, 150)); // sets it off against any picture
      graphics.draw(box);
      graphics.setStroke(new BasicStroke(2));
      graphics.setColor(Color.decode(mark.colour()));
      graphics.draw(box);
    }
    try {
      for (Drawing.Mark mark : drawing.marks()) {
        label(graphics, mark);
      }
    } catch (RuntimeException | Error e) { // of the JDK without a library of fonts
      throw new IOException("this Java has no fonts: " + e + "; a name in .svg needs none", e);
    }
    graphics.dispose();
    return EmbeddedPicture.png(canvas);
  }

  private static void label(Graphics2D graphics, Drawing.Mark mark) {
    graphics.setColor(Color.decode(mark.colour()));
    graphics.fill(rectangle(mark.label()));
    Font font = new Font(Font.SANS_SERIF, Font.BOLD, Drawing.FONT_SIZE);
    double width = graphics.getFontMetrics(font).stringWidth(mark.text());
    double room = Drawing.textWidth(mark.label());
    graphics.setFont(
        width <= room
            ? font
            : font.deriveFont(Map.of(TextAttribute.WIDTH, (float) (room / width))));
    graphics.setColor(Color.decode(mark.ink()));
    graphics.drawString(
        mark.text(), (float) Drawing.textX(mark.label()), (float) Drawing.textY(mark.label()));
  }

  private static Rectangle2D rectangle(Drawing.Area area) {
    return new Rectangle2D.Double(area.x(), area.y(), area.width(), area.height());
  }
}
