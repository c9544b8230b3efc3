package io.github.visualbert.cli.draw;

import io.github.visualbert.picture.Picture;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * A picture within another file, as viewers show it.
 *
 * @param bytes its file
 * @param type its media type
 * @param width in pixels
 * @param height in pixels
 */
public record EmbeddedPicture(byte[] bytes, String type, int width, int height) {
  private static final String JPEG = "image/jpeg";
  private static final String PNG = "image/png";
  private static final float JPEG_QUALITY = 0.88f;

  static {
    System.setProperty("java.awt.headless", "true"); // no window is opened
  }

  /**
   * Takes a picture as it is. A photo stays the JPEG that it is, unless viewers show it otherwise
   * than it was read: turned by its Exif data, or in four colours. So do pictures with an alpha
   * channel, so that every other one is encoded anew.
   *
   * @param file the file that the picture was read from
   * @param stored its pixels as they are stored
   * @param pixels the pixels to show: those, or turned upright
   */
  public static EmbeddedPicture of(byte[] file, Picture stored, Picture pixels) throws IOException {
    boolean asItIs = stored.orientation() == 1 && JpegColours.count(file) == 3;
    return new EmbeddedPicture(
        asItIs ? file : png(image(pixels)), asItIs ? JPEG : PNG, pixels.width(), pixels.height());
  }

  /**
   * Takes a picture as {@link #of} does, but makes a smaller JPEG of one that is large.
   *
   * @param longest the longest side that stays, in pixels
   * @param mostBytes the largest file that stays
   */
  public static EmbeddedPicture ofAtMost(
      byte[] file, Picture stored, Picture pixels, int longest, int mostBytes) throws IOException {
    int side = Math.max(pixels.width(), pixels.height());
    if (side <= longest) {
      EmbeddedPicture whole = of(file, stored, pixels);
      if (whole.bytes().length <= mostBytes) {
        return whole;
      }
    }
    double scale = Math.min(1, (double) longest / side);
    int width = Math.max(1, (int) Math.round(scale * pixels.width()));
    int height = Math.max(1, (int) Math.round(scale * pixels.height()));
    return new EmbeddedPicture(jpeg(resized(image(pixels), width, height)), JPEG, width, height);
  }

  /** Returns the picture as an address that needs no other file. */
  public String dataUrl() {
    return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);
  }

  /** Returns the pixels of a picture as the JDK has them. */
  public static BufferedImage image(Picture picture) {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        image.setRGB(x, y, picture.pixel(x, y));
      }
    }
    return image;
  }

  /** Returns the PNG file of an image. */
  public static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static byte[] jpeg(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(JPEG_QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** Halves the sides as often as possible, since one large step would skip pixels. */
  private static BufferedImage resized(BufferedImage image, int width, int height) {
    BufferedImage current = image;
    while (current.getWidth() != width || current.getHeight() != height) {
      int nextWidth = Math.max(width, current.getWidth() / 2);
      int nextHeight = Math.max(height, current.getHeight() / 2);
      BufferedImage next = new BufferedImage(nextWidth, nextHeight, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = next.createGraphics();
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(current, 0, 0, nextWidth, nextHeight, null);
      graphics.dispose();
      current = next;
    }
    return current;
  }
}
