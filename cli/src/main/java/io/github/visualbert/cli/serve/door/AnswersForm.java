package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.cli.serve.model.SentPicture;
import io.github.visualbert.error.InputException;
import io.github.visualbert.internal.json.JsonObject;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.vision.FeatureFile;
import io.github.visualbert.vision.VisualFeatures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A request of this program's own door.
 *
 * @param json its fields
 * @param pictures those that came beside it, or null
 * @param features the regions that came beside it, or null
 */
record AnswersForm(JsonObject json, List<SentPicture> pictures, VisualFeatures features) {
  static final String TYPE = "multipart/form-data";

  /** Plain fields that hold JSON and no text. */
  private static final Set<String> VALUES =
      Set.of("choices", "phrases", "top_k", "regions", "grounding");

  /**
   * Reads a request of several parts: {@code request} in JSON or plain fields, {@code image} once
   * or twice or {@code features}.
   *
   * @throws Problem when it is invalid
   */
  static AnswersForm read(Exchange exchange) {
    Multipart form = Multipart.read(exchange);
    JsonObject json = null;
    List<SentPicture> pictures = new ArrayList<>();
    VisualFeatures features = null;
    Map<String, String> plain = new LinkedHashMap<>();
    for (Multipart.Part part : form.parts()) {
      switch (part.name()) {
        case null -> throw Problem.of(Code.REQUEST_MALFORMED, "a part has no name");
        case "request" -> json = Exchange.parse(part.bytes());
        case "image" -> pictures.add(picture(part));
        case "features" -> features = features(part);
        default -> {
          if (plain.put(part.name(), part.text()) != null) {
            throw Problem.ofField(Code.FIELD_WRONG, "/" + part.name(), "the part is given twice");
          }
        }
      }
    }
    if (json != null && !plain.isEmpty()) {
      throw Problem.of(
          Code.FIELD_WRONG, "expected the fields in the part request or as parts, found both");
    }
    if (features != null && !pictures.isEmpty()) {
      throw Problem.of(Code.FIELD_WRONG, "expected image or features, found both");
    }
    return new AnswersForm(
        json != null ? json : fields(plain), features != null ? List.of() : pictures, features);
  }

  private static SentPicture picture(Multipart.Part part) {
    String text = part.fileName() == null && part.bytes().length < 100 ? part.text() : "";
    return SentPicture.isId(text)
        ? new SentPicture(text, null, text)
        : SentPicture.of(part.bytes(), "image");
  }

  private static JsonObject fields(Map<String, String> plain) {
    StringBuilder json = new StringBuilder("{");
    plain.forEach(
        (name, text) -> {
          json.append(json.length() > 1 ? "," : "");
          json.append(JsonWriter.quote(name)).append(':');
          json.append(VALUES.contains(name) ? text : JsonWriter.quote(text));
        });
    return Exchange.parse(json.append('}').toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a feature file, which its readers map, so it needs to be one for a moment. */
  private static VisualFeatures features(Multipart.Part part) {
    Path file = null;
    try {
      file = Files.createTempFile("visualbert-", ".features");
      Files.write(file, part.bytes());
      VisualFeatures read = FeatureFile.read(file);
      return VisualFeatures.view("features", read.tensor()).withBoxes(read.boxes());
    } catch (InputException e) {
      String name = file.toString();
      throw Problem.ofField(
          Code.FIELD_WRONG, "/features", e.getMessage().replace(name, "features"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
