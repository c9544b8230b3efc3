package io.github.visualbert.cli.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.openqa.selenium.WebElement;

/** Looks for what makes a page hard to read or to use. */
public final class PageAudit {
  /** The smallest side of a target, in CSS pixels: level AA of WCAG 2.2. */
  private static final int TARGET = 24;

  private static final String SCRIPT = resource("audit.js");

  private PageAudit() {}

  /**
   * Returns what is wrong with the page as it is now, a line each: what scrolls sideways, is cut
   * off or lies on something else, targets too small for a finger, text with too little contrast.
   * Controls marked {@code data-on-picture} may lie on each other.
   */
  public static List<String> of(Browser browser) {
    return ((List<?>) browser.run(SCRIPT, TARGET)).stream().map(String::valueOf).toList();
  }

  /** Returns whether one sees what has the focus. */
  public static boolean focusIsVisible(Browser browser) {
    return (Boolean)
        browser.run(
            "const style = getComputedStyle(document.activeElement);"
                + "return document.activeElement.matches(':focus-visible')"
                + " && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;");
  }

  /** Returns how a control looks to who sees no colour, without its text and its size. */
  public static List<String> shapeOf(Browser browser, WebElement element) {
    browser.run("document.activeElement.blur();");
    return Stream.of("border-width", "border-style", "outline-style", "font-weight")
        .map(element::getCssValue)
        .toList();
  }

  private static String resource(String name) {
    try (InputStream in = PageAudit.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
