package io.github.visualbert.cli.explain;

import io.github.visualbert.cli.draw.SvgText;
import io.github.visualbert.cli.explanation.Explanation;
import io.github.visualbert.cli.explanation.ExplanationView;
import io.github.visualbert.cli.explanation.ViewFile;
import io.github.visualbert.cli.file.OutputFile;
import io.github.visualbert.task.AttentionMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
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
    String style = ViewFile.CSS.text() + resource("page.css");
    String script = ViewFile.JS.text() + resource("page.js");
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
            "view",
            ViewFile.HTML.text(),
            "data",
            forScript(ExplanationView.json(explanation, start)));
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
    return ViewFile.text(GroundingPage.class, name);
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
}
