package io.github.visualbert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.browser.Browser;
import io.github.visualbert.cli.browser.PageAudit;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page of {@code explain} in a browser: what it shows, with a pointer and by keys alone. */
class ExplainPageTest {
  @RegisterExtension private static final Browser BROWSER = new Browser();
  @TempDir private static Path folder;

  private static final int LAYERS = 4;
  private static final int HEADS = 4;
  private static final int WORDS = 10;
  private static final int RING_WORD = 7;

  private static final Map<String, Path> PAGES = new LinkedHashMap<>();

  private static JsonObject json(Object... more) {
    List<Object> words = new ArrayList<>(ExplainPages.RING);
    words.addAll(List.of("--format", "json"));
    return (JsonObject) Json.parse(ExplainPages.explain(words, more).answer());
  }

  @BeforeAll
  static void makePages() throws Exception {
    PAGES.clear();
    PAGES.putAll(ExplainPages.write(folder));
  }

  private static void open(String name) {
    BROWSER.resize(1400, 1000);
    BROWSER.dark(false);
    BROWSER.open(PAGES.get(name));
  }

  private static WebElement word(int index) {
    return BROWSER.all(".word").get(index);
  }

  private static WebElement region(int index) {
    return BROWSER.all(".region, .listed").get(index);
  }

  private static WebElement head(int layer, int head) {
    return BROWSER.all(".head").get(head * LAYERS + layer);
  }

  private static void choose(String select, String value) {
    BROWSER.find("#" + select + " option[value=" + value + "]").click();
  }

  private static void slide(int layer) {
    WebElement slider = BROWSER.find("#layer");
    slider.sendKeys(Keys.HOME);
    for (int i = 0; i < layer; i++) {
      slider.sendKeys(Keys.ARROW_RIGHT);
    }
  }

  private static String sentence() {
    return BROWSER.find("#sentence").getText();
  }

  /** Checks every label and the table against the shares of all words, then of all regions. */
  private static void checkShares(String what, double[] shares) {
    SoftAssertions all = new SoftAssertions();
    List<String> labels = BROWSER.each(".word, .region", "ariaLabel");
    assertThat(labels).hasSize(shares.length);
    Map<String, Double> byName = new LinkedHashMap<>();
    for (int i = 0; i < shares.length; i++) {
      int comma = labels.get(i).lastIndexOf(", ");
      byName.put(labels.get(i).substring(0, comma), shares[i]);
      checkPercent(all, what + ": " + labels.get(i), labels.get(i).substring(comma + 2), shares[i]);
    }
    List<String> names = BROWSER.each("#targets tbody td:first-child", "textContent");
    List<String> shown = BROWSER.each("#targets tbody td:last-child", "textContent");
    assertThat(names).hasSize(8);
    for (int i = 0; i < names.size(); i++) {
      checkPercent(all, what + ": row " + names.get(i), shown.get(i), byName.get(names.get(i)));
    }
    all.assertAll();
  }

  /** Checks that a share is shown as precisely as the page says it. */
  private static void checkPercent(SoftAssertions all, String what, String shown, double share) {
    all.assertThat(shown).as(what).matches("[0-9.]+ %");
    double percent = Double.parseDouble(shown.replace(" %", ""));
    double half = shown.contains(".") ? 0.05 : 0.5;
    all.assertThat(Math.abs(percent - 100 * share))
        .as("%s for a share of %s", what, share)
        .isLessThanOrEqualTo(half + 0.002); // the page has 16 bits of each weight
  }

  private static double[] numbers(JsonArray values) {
    double[] numbers = new double[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = values.getDouble(i);
    }
    return numbers;
  }

  private static JsonArray weights(JsonObject map) {
    return map.getArray("weights");
  }

  private static double[] row(JsonArray weights, int row) {
    return numbers((JsonArray) weights.get(row));
  }

  @Test
  void aWordAndAHeadShowTheNumbersOfTheJson() {
    open("vqa");
    JsonObject every = json();
    word(RING_WORD).click();
    for (int layer = 0; layer < LAYERS; layer++) {
      for (int head = layer % 2; head < HEADS; head += 3) {
        head(layer, head).click();
        JsonObject one = json("--layer", layer, "--head", head);
        JsonObject map = one.getArray("maps").getObject(0);
        checkShares("layer " + layer + ", head " + head, row(weights(map), RING_WORD));
        JsonObject found =
            every.getArray("maps").getObject(layer * HEADS + head).getArray("words").getObject(7);
        JsonObject region = every.getArray("regions").getObject(found.getInt("region"));
        assertThat(sentence())
            .startsWith("\u201cring\u201d under layer " + layer + ", head " + head + ", gives ")
            .endsWith(
                "most to region %d (%s)."
                    .formatted(found.getInt("region"), region.getString("label")));
        SoftAssertions mass = new SoftAssertions();
        String shown = sentence().replaceAll(".* gives ([0-9.]+ %) of .*", "$1");
        checkPercent(mass, "on regions", shown, found.getDouble("mass"));
        mass.assertAll();
      }
    }
  }

  @Test
  void aRegionShowsWhatItAttendsToAndWhatAttendsToIt() {
    open("vqa");
    head(2, 1).click();
    JsonArray weights = weights(json("--layer", 2, "--head", 1).getArray("maps").getObject(0));
    region(3).click();
    assertThat(sentence()).startsWith("region 3 (small blue ring) under layer 2, head 1, gives ");
    checkShares("region 3", row(weights, WORDS + 3));
    choose("direction", "from");
    double[] column = new double[weights.size()];
    for (int i = 0; i < column.length; i++) {
      column[i] = row(weights, i)[WORDS + 3];
    }
    checkShares("to region 3", column);
    assertThat(sentence()).contains(" is attended to most by ");
    region(3).click(); // lets go
    assertThat(sentence()).startsWith("The average word ");
  }

  @Test
  void theSliderMovesThroughLayersTheirAverageAndTheRollout() {
    open("vqa");
    word(RING_WORD).click();
    choose("view", "mean");
    slide(2);
    assertThat(BROWSER.find("#layer-number").getText()).isEqualTo("2");
    double[] mean = new double[BROWSER.all(".word, .region").size()];
    JsonArray rollout = null;
    for (int head = 0; head < HEADS; head++) {
      JsonObject one = json("--layer", 2, "--head", head);
      rollout = one.getArray("rollout");
      double[] row = row(weights(one.getArray("maps").getObject(0)), RING_WORD);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += row[i] / HEADS;
      }
    }
    checkShares("average of layer 2", mean);
    choose("view", "rollout");
    slide(1);
    checkShares("rollout", row(weights(rollout.getObject(1)), RING_WORD));
    assertThat(sentence()).startsWith("\u201cring\u201d in the rollout up to layer 1 gives ");
  }

  @Test
  void dotsAreTheHeadsSharesOnRegions() {
    open("vqa");
    JsonArray maps = json().getArray("maps");
    List<String> labels = BROWSER.each(".head", "ariaLabel");
    SoftAssertions all = new SoftAssertions();
    for (int i = 0; i < maps.size(); i++) {
      JsonObject map = maps.getObject(i);
      String label = labels.get(map.getInt("head") * LAYERS + map.getInt("layer"));
      all.assertThat(label)
          .startsWith("layer %d, head %d: ".formatted(map.getInt("layer"), map.getInt("head")));
      String shown = label.replaceAll(".*: ([0-9.]+ %) on regions", "$1");
      // Without a chosen word a dot is the mass of all words of the text, as in the JSON.
      checkPercent(all, label, shown, map.getDouble("mass"));
    }
    all.assertAll();
  }

  @Test
  void keysAloneReachEverything() {
    open("vqa");
    List<String> stops = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      BROWSER.press(Keys.TAB);
      WebElement focused = BROWSER.focused();
      stops.add(focused.getAttribute("id") + focused.getAttribute("class"));
      assertThat(PageAudit.focusIsVisible(BROWSER)).as(stops.getLast()).isTrue();
    }
    assertThat(stops).containsExactly("word added", "region", "head", "layer", "view", "direction");
    BROWSER.pressBackTab();
    BROWSER.pressBackTab();
    BROWSER.press(Keys.HOME);
    assertThat(BROWSER.find("#layer-number").getText()).isEqualTo("0");
    BROWSER.press(Keys.ARROW_RIGHT);
    assertThat(BROWSER.find("#layer-number").getText()).isEqualTo("1");
    BROWSER.pressBackTab();
    BROWSER.press(Keys.HOME, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ENTER);
    assertThat(head(1, 2).getAttribute("aria-pressed")).isEqualTo("true");
    assertThat(sentence()).contains(" under layer 1, head 2, ");
    BROWSER.pressBackTab();
    BROWSER.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, " ");
    assertThat(region(2).getAttribute("aria-pressed")).isEqualTo("true");
    BROWSER.press(Keys.ESCAPE);
    assertThat(region(2).getAttribute("aria-pressed")).isEqualTo("false");
    BROWSER.pressBackTab();
    BROWSER.press(Keys.END, Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ENTER);
    assertThat(word(RING_WORD).getAttribute("aria-pressed")).isEqualTo("true");
    assertThat(sentence()).startsWith("\u201cring\u201d under layer 1, head 2, ");
    BROWSER.press(Keys.TAB, Keys.TAB); // comes back to where it was
    assertThat(BROWSER.focused()).isEqualTo(head(1, 2));
  }

  @Test
  void whatIsChosenDiffersByMoreThanItsColour() {
    open("vqa");
    word(RING_WORD).click();
    head(3, 1).click();
    assertThat(PageAudit.shapeOf(BROWSER, word(RING_WORD)))
        .isNotEqualTo(PageAudit.shapeOf(BROWSER, word(1)));
    assertThat(PageAudit.shapeOf(BROWSER, head(3, 1)))
        .isNotEqualTo(PageAudit.shapeOf(BROWSER, head(3, 2)));
    assertThat(BROWSER.all(".head[aria-pressed=true]")).hasSize(1);
    region(3).click();
    assertThat(region(3).getCssValue("border-style")).isEqualTo("dashed");
    assertThat(region(2).getCssValue("border-style")).isEqualTo("solid");
    open("list");
    region(3).click();
    assertThat(PageAudit.shapeOf(BROWSER, region(3)))
        .isNotEqualTo(PageAudit.shapeOf(BROWSER, region(4)));
  }

  @Test
  void featuresWithoutBoxesAreANumberedList() {
    open("list");
    List<WebElement> listed = BROWSER.all(".listed");
    assertThat(listed).hasSize(16);
    for (int i = 0; i < 16; i++) {
      assertThat(listed.get(i).getText()).matches("region " + i + " [0-9.]+ %");
    }
    listed.get(5).click();
    assertThat(sentence()).startsWith("region 5 under ");
    assertThat(BROWSER.find("figcaption").getText()).endsWith("where the regions lie is not known");
    assertThat(BROWSER.all("img")).isEmpty();
  }

  @Test
  void twoPicturesLieSideBySideOrOnAPhoneBelowEachOther() {
    open("nlvr2");
    List<WebElement> figures = BROWSER.all("figure");
    assertThat(figures).hasSize(2);
    assertThat(figures.get(1).getLocation().y).isEqualTo(figures.get(0).getLocation().y);
    BROWSER.all("figure").get(1).findElements(By.cssSelector(".region")).get(2).click();
    assertThat(sentence()).startsWith("picture 2, region 2");
    BROWSER.resize(390, 844);
    assertThat(figures.get(1).getLocation().x).isEqualTo(figures.get(0).getLocation().x);
  }

  @Test
  void everyPageLooksRightOnAPhoneAndADeskByDayAndNight() {
    SoftAssertions all = new SoftAssertions();
    PAGES.forEach(
        (name, page) -> {
          BROWSER.open(page);
          for (int width : new int[] {390, 1400}) {
            BROWSER.resize(width, 900);
            BROWSER.dark(width == 390);
            String what = name + " at " + width;
            all.assertThat(PageAudit.of(BROWSER)).as(what).isEmpty();
            BROWSER.dark(width != 390);
            BROWSER.run("document.querySelectorAll('.region, .listed')[5].click();");
            all.assertThat(PageAudit.of(BROWSER)).as(what + ", other colours").isEmpty();
          }
          all.assertThat(BROWSER.requests()).as(name).containsExactly(page.toUri().toString());
          all.assertThat(BROWSER.errors()).as(name).isEmpty();
          all.assertThat(page.toFile().length()).as(name).isLessThan(5_000_000);
        });
    all.assertAll();
  }

  @Test
  void everyTasksPageShowsItsAnswers() {
    Map<String, String> first = new LinkedHashMap<>();
    first.put("vqa", "blue");
    first.put("nlvr2", "true|false");
    first.put("vcr", "a ring\\.|a heart that .*");
    first.put("flickr", "ring");
    first.put("pretrain", ".+");
    SoftAssertions all = new SoftAssertions();
    first.forEach(
        (task, answer) -> {
          open(task);
          all.assertThat(BROWSER.find("#answers tr td").getText())
              .as(task)
              .matches("(?i)" + answer);
        });
    open("encode");
    all.assertThat(BROWSER.find("#answers-section").isDisplayed()).isFalse();
    all.assertAll();
  }
}
