package io.github.visualbert.cli.evaluate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A file of {@code Annotations}: where a picture shows its entities. An {@code object} has one or
 * several {@code name}s, the entities it shows, and a {@code bndbox} or none. Corners are taken as
 * they are written, counted from 1, as in the authors' code.
 */
final class FlickrObjects {
  private static final XMLInputFactory XML = XMLInputFactory.newDefaultFactory();

  static {
    XML.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    XML.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
  }

  private static final List<String> CORNERS = List.of("xmin", "ymin", "xmax", "ymax");

  private final Path file;
  private final Map<String, List<PixelBox>> boxes = new HashMap<>();
  private int width;
  private int height;

  private FlickrObjects(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws InputException when it cannot be read or is not one
   */
  static FlickrObjects read(Path file) {
    FlickrObjects objects = new FlickrObjects(file);
    // Decoded here: the parser would print what it cannot decode, before it throws.
    try (Reader in = reader(file)) {
      XMLStreamReader xml = XML.createXMLStreamReader(in);
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == XMLStreamConstants.DTD) {
          throw objects.line(xml).malformed("expected no document type");
        }
        if (event == XMLStreamConstants.START_ELEMENT) {
          switch (xml.getLocalName()) {
            case "width" -> objects.width = objects.integer(xml);
            case "height" -> objects.height = objects.integer(xml);
            case "object" -> objects.readObject(xml);
            default -> {}
          }
        }
      }
    } catch (IOException e) {
      throw ByteSource.unreadable(file, e);
    } catch (XMLStreamException e) {
      if (e.getNestedException() instanceof CharacterCodingException) {
        throw new InputException(Kind.MALFORMED, file + ": expected UTF-8", e);
      }
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNumber());
      throw new InputException(
          Kind.MALFORMED, new Line(file, line) + ": expected XML, found " + reason(e), e);
    }
    return objects;
  }

  /** Returns the boxes of an entity; empty where it is not visible. */
  List<PixelBox> boxes(String entity) {
    return boxes.getOrDefault(entity, List.of());
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  private void readObject(XMLStreamReader xml) throws XMLStreamException {
    Line start = line(xml);
    List<String> names = new ArrayList<>();
    Map<String, Integer> corners = new HashMap<>();
    boolean boxed = false;
    while (!(xml.next() == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("object"))) {
      if (xml.isStartElement()) {
        String element = xml.getLocalName();
        if (element.equals("name")) {
          names.add(xml.getElementText().strip());
        } else if (element.equals("bndbox")) {
          boxed = true;
        } else if (CORNERS.contains(element)) {
          corners.put(element, integer(xml));
        }
      }
    }
    if (names.isEmpty()) {
      throw start.malformed("expected an object with a name");
    }
    if (boxed) {
      PixelBox box = box(corners, start);
      names.forEach(name -> boxes.computeIfAbsent(name, n -> new ArrayList<>()).add(box));
    }
  }

  private static PixelBox box(Map<String, Integer> corners, Line start) {
    if (!corners.keySet().containsAll(CORNERS)) {
      throw start.malformed("expected a bndbox with " + String.join(", ", CORNERS));
    }
    PixelBox box =
        new PixelBox(
            corners.get("xmin"), corners.get("ymin"), corners.get("xmax"), corners.get("ymax"));
    if (box.right() < box.left() || box.bottom() < box.top()) {
      throw start.malformed("expected xmin up to xmax and ymin up to ymax");
    }
    return box;
  }

  private int integer(XMLStreamReader xml) throws XMLStreamException {
    Line line = line(xml);
    String element = xml.getLocalName();
    String text = xml.getElementText().strip();
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw line.malformed("%s: expected an integer, found '%s'".formatted(element, text));
    }
  }

  private Line line(XMLStreamReader xml) {
    return new Line(file, xml.getLocation().getLineNumber());
  }

  private static Reader reader(Path file) throws IOException {
    InputStream stream = Files.newInputStream(file);
    try {
      return new InputStreamReader(TextFiles.content(file, stream), UTF_8.newDecoder());
    } catch (InputException | IOException e) {
      stream.close();
      throw e;
    }
  }

  /** Returns the parser's message without its position. */
  private static String reason(XMLStreamException e) {
    String message = e.getMessage();
    int at = message.indexOf("Message: ");
    return at < 0 ? message : message.substring(at + "Message: ".length());
  }
}
