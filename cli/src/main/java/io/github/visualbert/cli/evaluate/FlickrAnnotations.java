package io.github.visualbert.cli.evaluate;

import io.github.visualbert.ask.FlickrSentence;
import io.github.visualbert.ask.FlickrSentence.Mark;
import io.github.visualbert.cli.evaluate.FlickrCaption.Phrase;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Captions with phrases and boxes: the published folder with {@code Sentences} and {@code
 * Annotations}, or lines of JSON with {@code id}, {@code image}, {@code width}, {@code height},
 * {@code caption} and {@code phrases}, each with {@code phrase}, {@code types} and {@code boxes}.
 */
final class FlickrAnnotations {
  private static final String TXT = ".txt";

  private final Path annotations;
  private final Set<String> images; // those that count; null for all
  private final Set<String> seen = new HashSet<>();

  private FlickrAnnotations(Path annotations, Set<String> images) {
    this.annotations = annotations;
    this.images = images;
  }

  /**
   * Visits the captions.
   *
   * @param split a file with the names of the pictures that count, one a line; null for all
   * @throws InputException when a file is missing or invalid
   */
  static void forEach(Path annotations, Path split, Consumer<FlickrCaption> visitor) {
    FlickrAnnotations all = new FlickrAnnotations(annotations, split == null ? null : names(split));
    if (Files.isDirectory(annotations)) {
      for (String image : all.images == null ? all.imagesInFolder() : all.images) {
        all.visitImage(image, visitor);
      }
    } else {
      JsonRecords.forEach(annotations, (record, line) -> all.visitRecord(record, line, visitor));
      all.requireAllSeen(split);
    }
  }

  private static Set<String> names(Path split) {
    Set<String> names = new LinkedHashSet<>();
    try (ByteSource source = ByteSource.open(split)) {
      while (source.peekAfterSpace() >= 0) {
        Line line = source.line();
        String name = FlickrCaption.withoutEnding(source.readText());
        requireFileName(name, line);
        names.add(name);
      }
    }
    return names;
  }

  private static void requireFileName(String name, Line line) {
    try {
      var _ = Path.of(name);
    } catch (InvalidPathException e) {
      throw line.malformed("expected the name of a picture: " + e.getReason());
    }
  }

  private Collection<String> imagesInFolder() {
    Path sentences = annotations.resolve("Sentences");
    try (Stream<Path> files = Files.list(sentences)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(TXT))
          .map(name -> name.substring(0, name.length() - TXT.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException(
          Kind.UNREADABLE, annotations + ": expected a folder with Sentences and Annotations", e);
    }
  }

  private void visitImage(String image, Consumer<FlickrCaption> visitor) {
    FlickrObjects objects =
        FlickrObjects.read(annotations.resolve("Annotations").resolve(image + ".xml"));
    try (ByteSource source =
        ByteSource.open(annotations.resolve("Sentences").resolve(image + TXT))) {
      for (int number = 0; source.peekAfterSpace() >= 0; number++) {
        Line line = source.line();
        FlickrSentence sentence = sentence(source.readText(), line);
        List<Phrase> phrases = new ArrayList<>();
        for (Mark mark : sentence.marks()) {
          phrases.add(
              new Phrase(
                  mark.words(), mark.phrase().begin(), mark.types(), objects.boxes(mark.entity())));
        }
        visitor.accept(
            new FlickrCaption(
                line,
                image + "#" + number,
                image,
                objects.width(),
                objects.height(),
                sentence.caption(),
                phrases));
      }
    }
  }

  private static FlickrSentence sentence(String text, Line line) {
    try {
      return FlickrSentence.of(text);
    } catch (InputException e) {
      throw line.malformed(e.getMessage());
    }
  }

  private void visitRecord(JsonObject record, Line line, Consumer<FlickrCaption> visitor) {
    String id = FlickrCaption.withoutEnding(ReplyLine.id(record, "id"));
    String image =
        record.has("image")
            ? FlickrCaption.withoutEnding(ReplyLine.id(record, "image"))
            : id.replaceFirst("#.*", "");
    if (images != null && !images.contains(image)) {
      return;
    }
    seen.add(image);
    List<Phrase> phrases = new ArrayList<>();
    JsonArray marked = record.getArray("phrases");
    for (int i = 0; i < marked.size(); i++) {
      phrases.add(phrase(marked.getObject(i)));
    }
    visitor.accept(
        new FlickrCaption(
            line,
            id,
            image,
            record.getInt("width", 0),
            record.getInt("height", 0),
            record.has("caption") ? record.getString("caption") : null,
            phrases));
  }

  private void requireAllSeen(Path split) {
    if (images == null || seen.containsAll(images)) {
      return;
    }
    List<String> unseen = images.stream().filter(image -> !seen.contains(image)).toList();
    throw new InputException(
        Kind.MISMATCH,
        "%s: %d pictures are not in %s, the first is %s"
            .formatted(split, unseen.size(), annotations, unseen.getFirst()));
  }

  private static Phrase phrase(JsonObject marked) {
    List<PixelBox> boxes = new ArrayList<>();
    if (marked.has("boxes")) {
      JsonArray corners = marked.getArray("boxes");
      for (int i = 0; i < corners.size(); i++) {
        boxes.add(PixelBox.of(corners, i));
      }
    }
    List<String> types = marked.has("types") ? marked.getArray("types").toStrings() : List.of();
    return new Phrase(marked.getString("phrase"), -1, types, boxes);
  }
}
