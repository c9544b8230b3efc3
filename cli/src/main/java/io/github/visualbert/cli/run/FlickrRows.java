package io.github.visualbert.cli.run;

import io.github.visualbert.ask.FlickrSentence;
import io.github.visualbert.ask.PictureCache;
import io.github.visualbert.ask.Reply;
import io.github.visualbert.ask.Request;
import io.github.visualbert.cli.batch.Row;
import io.github.visualbert.cli.batch.RowSource;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import io.github.visualbert.internal.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;

/**
 * The captions of Flickr30k Entities: those of a picture after each other, each with the phrases
 * that are marked in it. A caption is called {@code 1000092795#0}, as its evaluation calls it; one
 * without a marked phrase is left out.
 */
final class FlickrRows implements RowSource {
  private static final int MAX_BYTES = 1 << 20;

  /** The endings of pictures, in the order in which they are looked for. */
  private static final List<String> PICTURES = List.of(".jpg", ".jpeg", ".png");

  private final FlickrFiles files;
  private final Path images;
  private final PictureCache pictures;
  private final Iterator<String> names;
  private final Queue<Caption> captions = new ArrayDeque<>(); // that are left of the last picture
  private int begun;

  /**
   * A line with marked phrases.
   *
   * @param sentence null where the line is invalid
   * @param error null where it is valid
   */
  private record Caption(
      String image, JsonValue id, String place, FlickrSentence sentence, String error) {}

  /**
   * Opens the captions.
   *
   * @param images the folder of the pictures
   * @param pictures looks at them; closed with this
   */
  FlickrRows(FlickrFiles files, Path images, PictureCache pictures) {
    this.files = files;
    this.images = images;
    this.pictures = pictures;
    this.names = files.images().iterator();
  }

  @Override
  public Row next() {
    Caption caption = caption();
    if (caption == null) {
      return null;
    }
    if (caption.error() != null) {
      return faulty(caption, caption.error());
    }
    try {
      Request request =
          new Request(
              caption.id(),
              caption.sentence().caption(),
              List.of(),
              caption.sentence().phrases(),
              List.of(pictures.image(picture(caption.image()))));
      return new Row.Asked(caption.place(), request);
    } catch (InputException e) {
      return faulty(caption, e.getMessage());
    } catch (OutOfMemoryError e) {
      return Row.Faulty.ofMemory(caption.place(), caption.id());
    }
  }

  private static Row faulty(Caption caption, String error) {
    return new Row.Faulty(
        caption.place(), new Reply.Failed(caption.id(), caption.place() + ": " + error));
  }

  @Override
  public JsonValue skip() {
    Caption caption = caption();
    return caption == null ? null : caption.id();
  }

  private Caption caption() {
    while (captions.isEmpty() && names.hasNext()) {
      begun++;
      read(names.next());
    }
    return captions.poll();
  }

  private void read(String image) {
    Path file = files.sentences(image);
    byte[] bytes = TextFiles.read(file, "captions", MAX_BYTES);
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InputException(Kind.MALFORMED, file + ": expected UTF-8", e);
    }
    int number = 0;
    int caption = 0;
    for (String line : text.split("\r?\n", -1)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      JsonValue id = new JsonValue.Text(image + "#" + caption++);
      String place = "%s line %d".formatted(file.getFileName(), number);
      try {
        FlickrSentence sentence = FlickrSentence.of(line.strip());
        if (!sentence.marks().isEmpty()) {
          captions.add(new Caption(image, id, place, sentence, null));
        }
      } catch (InputException e) {
        captions.add(new Caption(image, id, place, null, e.getMessage()));
      }
    }
  }

  /** Returns the name of the file of a picture, the usual one where there is none. */
  private String picture(String image) {
    return PICTURES.stream()
        .map(ending -> image + ending)
        .filter(name -> Files.exists(images.resolve(name)))
        .findFirst()
        .orElse(image + PICTURES.getFirst());
  }

  @Override
  public double progress() {
    return (double) begun / files.images().size();
  }

  @Override
  public void close() {
    pictures.close();
  }
}
