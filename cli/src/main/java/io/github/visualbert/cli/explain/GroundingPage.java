package io.github.visualbert.cli.explain;

import io.github.visualbert.cli.draw.SvgText;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.internal.json.JsonWriter;
import io.github.visualbert.task.AttentionMap;
import io.github.visualbert.task.AttentionRows.Source;
import io.github.visualbert.task.AttentionRows.Word;
import io.github.visualbert.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An explanation as one HTML file that needs no other: picture, numbers, style and script are in
 * it. Its content security policy allows that script and no other, and no request.
 */
final class GroundingPage {
  private static final Pattern SLOT = Pattern.compile("\\{\\{([a-z-]+)}}");

  private GroundingPage() {}

  /**
   * Writes the page.
   *
   * @param explanation of every head
   * @param start the map to show first
   */
  static void write(Path file, Explanation explanation, AttentionMap start) {
    String style = resource("page.css");
    String script = resource("page.js");
    Map<String, String> content =
        Map.of(
            "title",
            SvgText.escaped(explanation.request().text() + " - visualbert explain"),
            "style",
            style,
            "style-hash",
            hash(style),
            "script",
            script,
            "script-hash",
            hash(script),
            "data",
            forScript(json(explanation, start)));
    OutputFile.write(
        file,
        out -> {
          String page = resource("page.html");
          Matcher slot = SLOT.matcher(page);
          int at = 0;
          while (slot.find()) {
            out.write(page, at, slot.start() - at);
            out.write(content.get(slot.group(1)));
            at = slot.end();
          }
          out.write(page, at, page.length() - at);
        });
  }

  private static String resource(String name) {
    try (InputStream in = GroundingPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  /** Escapes what could end the script element that JSON lies in; JSON reads the same. */
  static String forScript(String json) {
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  private static String json(Explanation explanation, AttentionMap start) {
    JsonWriter json = new JsonWriter().beginObject();
    json.field("text", explanation.request().text()).field("about", about(explanation));
    if (explanation.rows().truncated()) {
      json.field("note", "The text is longer than the model can read; its end was cut off.");
    }
    json.field("layers", explanation.layers()).field("heads", explanation.heads());
    json.name("start").beginObject().field("layer", start.layer());
    boolean rollout = start.head() == AttentionMap.ALL_HEADS;
    json.field("head", rollout ? 0 : start.head()).field("view", rollout ? "rollout" : "head");
    json.name("words").beginArray();
    for (int word : explanation.focus()) {
      json.value(word);
    }
    json.endArray().endObject();
    json.name("answers").beginArray();
    for (Explanation.NamedAnswer each : explanation.answers()) {
      json.beginObject();
      if (each.about() != null) {
        json.field("about", each.about());
      }
      json.field("label", each.answer().label()).field("score", each.answer().score()).endObject();
    }
    json.endArray().name("words").beginArray();
    for (Word word : explanation.rows().words()) {
      json.beginObject().field("text", word.text());
      json.field("added", word.source() == Source.ADDED).endObject();
    }
    json.endArray().name("pictures").beginArray();
    explanation.pictures().forEach(picture -> write(picture, json));
    json.endArray();
    json.field("maps", base64(explanation.maps().maps()));
    json.field("rollout", base64(explanation.maps().rollout()));
    return json.endObject().toString();
  }

  private static String about(Explanation explanation) {
    StringBuilder about = new StringBuilder();
    for (SeenPicture picture : explanation.pictures()) {
      about.append(about.isEmpty() ? "" : " and ").append(picture.source());
    }
    about.append(", task ").append(explanation.task());
    if (explanation.pair() != null) {
      about.append("; shown with the choice \u201c").append(explanation.pair()).append('\u201d');
    }
    return about.toString();
  }

  private static void write(SeenPicture picture, JsonWriter json) {
    json.beginObject().field("source", picture.source());
    if (picture.image() != null) {
      json.field("image", picture.image().dataUrl());
      json.field("width", picture.image().width()).field("height", picture.image().height());
    }
    json.name("regions").beginArray();
    for (int region = 0; region < picture.regions(); region++) {
      json.beginObject();
      picture.write(region, json);
      json.endObject();
    }
    json.endArray().endObject();
  }

  /** Returns the weights between words and regions of maps in 16 bits each, low byte first. */
  private static String base64(List<AttentionMap> maps) {
    byte[] bytes = null;
    int at = 0;
    for (AttentionMap map : maps) {
      Tensor weights = map.words();
      int count = Math.toIntExact(weights.elementCount());
      bytes = bytes == null ? new byte[Math.multiplyExact(2 * count, maps.size())] : bytes;
      for (int i = 0; i < count; i++) {
        int level = (int) Math.min(65535, Math.round(65535.0 * weights.getFloat(i)));
        bytes[at++] = (byte) level;
        bytes[at++] = (byte) (level >> 8);
      }
    }
    return Base64.getEncoder().encodeToString(bytes);
  }
}
