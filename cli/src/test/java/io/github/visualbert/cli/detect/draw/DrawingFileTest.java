package io.github.visualbert.cli.detect.draw;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.DetectorKind;
import io.github.visualbert.detect.Region;
import io.github.visualbert.picture.Picture;
import io.github.visualbert.vision.VisualFeatures;
import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class DrawingFileTest {
  private static final Path DATA = Path.of(System.getProperty("testdata"));
  private static final Path SCENE = DATA.resolve("demo/images/scene-1.png");
  private static final Path PHOTO = DATA.resolve("demo/regions/large.jpg");

  @TempDir private Path folder;

  private static Region region(float x1, float y1, float x2, float y2, String object, float p) {
    return new Region(0, x1, y1, x2, y2, object.length(), object, p, p, 0, "red", 0.5f);
  }

  private static Detection detection(int width, int height, Region... regions) {
    return new Detection(
        "p",
        width,
        height,
        List.of(regions),
        VisualFeatures.of("p", new float[regions.length], regions.length, 1),
        0.3);
  }

  private static Document parse(Path svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(Files.readString(svg))));
  }

  private static List<Element> elements(Document svg, String name) {
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < svg.getElementsByTagName(name).getLength(); i++) {
      elements.add((Element) svg.getElementsByTagName(name).item(i));
    }
    return elements;
  }

  @Test
  void svgHoldsThePictureAndItsRegions() throws Exception {
    Path file = folder.resolve("d.svg");
    DrawingFile.write(
        file,
        SCENE,
        DetectorKind.BUTD,
        detection(
            224,
            224,
            region(10, 20, 110, 220, "he<art & \u0007", 0.9f),
            region(0, 0, 50, 60, "ring", 0.6f),
            region(0, 0, 50, 60, "ground", 0.2f)),
        0.5);
    Document svg = parse(file);
    assertThat(elements(svg, "text"))
        .extracting(Element::getTextContent)
        .containsExactly("red ring 0.60", "red he<art & ? 0.90");
    assertThat(Files.readString(file))
        .contains("x=\"30.0\" y=\"60.0\" width=\"300.0\" height=\"600.0\"");
    String data = elements(svg, "image").getFirst().getAttribute("href");
    assertThat(data).startsWith("data:image/png;base64,");
    byte[] bytes = Base64.getDecoder().decode(data.substring(data.indexOf(',') + 1));
    Picture embedded = Picture.decode(bytes, "embedded");
    Picture original = Picture.read(SCENE);
    for (int y = 0; y < 224; y++) {
      for (int x = 0; x < 224; x++) {
        assertThat(embedded.pixel(x, y)).isEqualTo(original.pixel(x, y));
      }
    }
    assertThat(Files.readString(file).replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http");
  }

  @Test
  void aPhotoStaysAsItIs() throws Exception {
    Path file = folder.resolve("d.svg");
    DrawingFile.write(
        file, PHOTO, DetectorKind.BUTD, detection(480, 480, region(1, 1, 9, 9, "ring", 1)), 0.5);
    String data = elements(parse(file), "image").getFirst().getAttribute("href");
    assertThat(data)
        .isEqualTo(
            "data:image/jpeg;base64,"
                + Base64.getEncoder().encodeToString(Files.readAllBytes(PHOTO)));
  }

  /** The boxes are those of the picture as the detector saw it. */
  @Test
  void aPhotoTakenOnItsSideIsDrawnAsTheDetectorSawIt() throws Exception {
    Path photo = DATA.resolve("pictures/orientation/6.jpg");
    Picture stored = Picture.read(photo);
    Path file = folder.resolve("d.svg");
    for (DetectorKind kind : DetectorKind.values()) {
      Picture seen = kind.orient(stored);
      DrawingFile.write(
          file,
          photo,
          kind,
          detection(seen.width(), seen.height(), region(1, 1, 9, 9, "ring", 1)),
          0.5);
      String data = elements(parse(file), "image").getFirst().getAttribute("href");
      byte[] bytes = Base64.getDecoder().decode(data.substring(data.indexOf(',') + 1));
      Picture embedded = Picture.decode(bytes, "embedded");
      assertThat(embedded.width()).as(kind.kindName()).isEqualTo(seen.width());
      assertThat(embedded.pixel(2, 5)).isEqualTo(seen.pixel(2, 5));
    }
  }

  @Test
  void pngShowsBoxesInTheColourOfTheirClass() throws Exception {
    Path file = folder.resolve("d.png");
    DrawingFile.write(
        file,
        SCENE,
        DetectorKind.BUTD,
        detection(224, 224, region(40, 100, 140, 200, "ring", 0.9f)),
        0.5);
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(3 * 224);
    int edge = image.getRGB(3 * 40, 3 * 150) & 0xffffff;
    int inside = image.getRGB(3 * 90, 3 * 150) & 0xffffff;
    assertThat(edge).isEqualTo(0xe6194b);
    assertThat(inside).isEqualTo(Picture.read(SCENE).pixel(90, 150));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,2000", "2000,1", "5,300", "640,480"})
  void labelsStayOnTheCanvasOfAnyPicture(int width, int height) {
    List<Region> regions = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      regions.add(region(-5, -5, width + 5, height + 5, "thing " + i % 7, 0.9f));
    }
    Drawing drawing = Drawing.of(detection(width, height, regions.toArray(Region[]::new)), 0);
    assertThat(drawing.marks()).hasSize(30);
    for (Drawing.Mark mark : drawing.marks()) {
      Drawing.Area label = mark.label();
      assertThat(label.x()).isNotNegative();
      assertThat(label.y()).isNotNegative();
      assertThat(label.x() + label.width()).isLessThanOrEqualTo(drawing.width());
      assertThat(label.y() + label.height()).isLessThanOrEqualTo(drawing.height());
    }
  }

  @Test
  void labelsOfOnePlaceDoNotHideEachOther() {
    Drawing drawing =
        Drawing.of(
            detection(
                300,
                300,
                region(50, 100, 200, 250, "a", 0.9f),
                region(50, 100, 200, 250, "bb", 0.8f),
                region(50, 100, 200, 250, "ccc", 0.7f)),
            0.5);
    for (Drawing.Mark one : drawing.marks()) {
      for (Drawing.Mark other : drawing.marks()) {
        assertThat(one != other && one.label().overlaps(other.label())).isFalse();
      }
    }
    assertThat(drawing.marks()).extracting(Drawing.Mark::colour).doesNotHaveDuplicates();
  }

  @Test
  void theBestRegionIsDrawnWhateverItsConfidence() {
    Drawing drawing =
        Drawing.of(
            detection(9, 9, region(0, 0, 1, 1, "a", 0.2f), region(0, 0, 1, 1, "b", 0.1f)), 0.5);
    assertThat(drawing.marks()).hasSize(1);
  }
}
