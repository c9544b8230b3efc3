package io.github.visualbert.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.visualbert.cli.TinyDetector;
import io.github.visualbert.cli.TinyModel;
import io.github.visualbert.cli.browser.Browser;
import io.github.visualbert.cli.browser.PageAudit;
import io.github.visualbert.cli.detector.DetectorFolder;
import io.github.visualbert.cli.detector.RegionSettings;
import io.github.visualbert.config.HeadType;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The service's page in a browser: what it asks and shows, with a pointer and by keys alone. */
class ServicePageTest {
  @RegisterExtension private static final Browser BROWSER = new Browser();
  @TempDir private static Path folder;

  private static final String TOKEN = "a-token-of-the-test";
  private static final String QUESTION = "what is the colour of the ring?";
  private static final int RING_WORD = 7;

  /** The beginning of a JPEG whose Exif data say that it is to be turned by a quarter. */
  private static final String EXIF_ORIENTATION_6 =
      "ffd8ffe10022"
          + "457869660000"
          + "4d4d002a00000008"
          + "0001"
          + "0112000300000001"
          + "00060000"
          + "00000000";

  private static ServiceFixture service;

  @BeforeAll
  static void start() throws Exception {
    Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN + "\n");
    service =
        ServiceFixture.start(
            ServiceFixture.settings(
                256, 32 << 20, tokens, "vqa-regions", "nlvr2", "multiple-choice", "pretraining"));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @BeforeEach
  void open() {
    BROWSER.resize(1400, 900);
    BROWSER.dark(false);
    BROWSER.open(service.url() + "/health/live"); // the storage of the tab belongs to the service
    BROWSER.run("sessionStorage.setItem('visualbert.token', arguments[0]);", TOKEN);
    BROWSER.open(service.url() + "/");
    await("document.querySelectorAll('#scenes button').length === 8");
  }

  /** Waits until a condition of the page holds. */
  private static void await(String condition) {
    for (int i = 0; i < 400; i++) {
      if (Boolean.TRUE.equals(BROWSER.run("return Boolean(" + condition + ");"))) {
        return;
      }
      sleep();
    }
    throw new AssertionError("after 20 s still not: " + condition);
  }

  private static void sleep() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitRegions() {
    await("/found/.test(document.getElementById('state').textContent)");
  }

  private static void scene(int index) {
    BROWSER.all("#scenes button").get(index).click();
    awaitRegions();
  }

  private static void ask(String text) {
    BROWSER.find("#fields input").clear();
    BROWSER.find("#fields input").sendKeys(text + Keys.ENTER);
    awaitAnswer();
  }

  private static void awaitAnswer() {
    await("document.querySelector('#answers tbody tr, #problem:not([hidden])')");
    assertThat(BROWSER.find("#problem").isDisplayed())
        .as(BROWSER.find("#problem").getText())
        .isFalse();
  }

  private static JsonObject post(String json) {
    HttpResponse<String> reply =
        service.post("/v1/answers", json, "Authorization", "Bearer " + TOKEN);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    return Json.parseObject(reply.body().getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> labels(JsonArray answers) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      labels.add(answers.getObject(i).getString("label"));
    }
    return labels;
  }

  @Test
  void aSceneIsAskedAboutAndAWordShowsWhereTheModelLooked() {
    scene(0);
    JsonObject expected =
        post(
            "{\"question\":\"%s\",\"image\":\"%s\",\"regions\":true,\"grounding\":true}"
                .formatted(QUESTION, ServiceFixture.picture()));
    int regions = expected.getArray("pictures").getObject(0).getArray("regions").size();
    assertThat(BROWSER.all(".seen")).hasSize(regions);
    assertThat(BROWSER.each(".label", "textContent"))
        .contains("small blue ring", "large blue heart", "small orange heart");
    ask(QUESTION);
    assertThat(BROWSER.each("#answers td:first-child", "textContent"))
        .isEqualTo(labels(expected.getArray("answers")));
    assertThat(BROWSER.find("#answer").getText()).startsWith("blue");
    assertThat(BROWSER.each("#answer", "ariaLive")).containsExactly("polite");
    assertThat(BROWSER.find("#pictures-asked").isDisplayed()).isFalse();
    BROWSER.all(".word").get(RING_WORD).click();
    assertThat(BROWSER.find("#sentence").getText())
        .startsWith("\u201cring\u201d under layer ")
        .endsWith("most to region 3 (small blue ring).");
    JsonArray maps = expected.getObject("grounding").getArray("maps");
    assertThat(BROWSER.all(".head")).hasSize(maps.size());
    assertThat(BROWSER.each(".label.first", "textContent"))
        .singleElement()
        .asString()
        .startsWith("3 small blue ring ");
    BROWSER.all("#examples button").get(1).click();
    await("document.querySelector('#answer').textContent.startsWith('4')");
    assertThat(BROWSER.all(".word")).as("nothing of the last answer").hasSize(8);
    assertThat(BROWSER.errors()).isEmpty();
    assertThat(BROWSER.requests()).allMatch(address -> isOwn(address));
  }

  private static boolean isOwn(String address) {
    return address.startsWith(service.url() + "/") || address.startsWith("blob:" + service.url());
  }

  @Test
  void aFileIsAskedAboutAndWhatIsNoPictureIsSaidInWords() throws Exception {
    BROWSER.find("#file").sendKeys(ServiceFixture.DEMO.resolve("images/scene-2.png").toString());
    awaitRegions();
    assertThat(BROWSER.all("#examples button")).as("examples of scenes").isNotEmpty();
    ask("what is the large red thing");
    assertThat(BROWSER.find("#answer").getText()).startsWith("heart");
    Path text = Files.writeString(folder.resolve("notes.png"), "no picture");
    BROWSER.find("#file").sendKeys(text.toString());
    await("!document.getElementById('problem').hidden");
    assertThat(BROWSER.find("#problem").getText())
        .startsWith("Unreadable picture\n")
        .contains("PNG");
    assertThat(BROWSER.find("#submit").isEnabled()).isFalse();
    BROWSER.run(
        "const file = new File([Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0))],"
            + " 'dropped.png', {type: 'image/png'}); const data = new DataTransfer();"
            + " data.items.add(file); document.body.dispatchEvent(new DragEvent('drop',"
            + " {dataTransfer: data, bubbles: true, cancelable: true}));",
        ServiceFixture.picture());
    awaitRegions();
    assertThat(BROWSER.find("#problem").isDisplayed()).isFalse();
    ask(QUESTION);
    assertThat(BROWSER.find("#answer").getText()).startsWith("blue");
    assertThat(BROWSER.all("#examples button")).as("examples of scenes").isEmpty();
  }

  /** Pythia's detector does not heed Exif data, the others do; the boxes must fit the picture. */
  @Test
  void aTurnedPhotoIsDrawnAsItWasSeen() throws Exception {
    Path photo = folder.resolve("turned.jpg");
    BufferedImage scene = ImageIO.read(ServiceFixture.DEMO.resolve("regions/wide.png").toFile());
    try (OutputStream file = Files.newOutputStream(photo)) {
      ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
      ImageIO.write(scene, "jpg", jpeg);
      file.write(HexFormat.of().parseHex(EXIF_ORIENTATION_6));
      file.write(jpeg.toByteArray(), 2, jpeg.size() - 2);
    }
    List<Long> stored = List.of((long) scene.getWidth(), (long) scene.getHeight());
    for (String upright : List.of("vqa-regions", "pretraining")) {
      BROWSER.find("#model option[value=" + upright + "]").click();
      BROWSER.find("#file").sendKeys(photo.toString());
      awaitRegions();
      assertThat(drawn("#pictures-asked img")).as(upright).isEqualTo(stored.reversed());
    }
    Path pythia = TinyDetector.publish("pythia_small", folder);
    int columns;
    try (RegionDetector detector =
        RegionSettings.none(DetectorFolder.require(pythia)).builder().open()) {
      columns = detector.featureDim();
    }
    Path model = TinyModel.write(folder.resolve("tiny"), HeadType.QUESTION_ANSWERING, columns);
    Service.Settings settings =
        new Service.Settings(
            List.of(model), pythia, InetAddress.getLoopbackAddress(), 0, 4, 1 << 20, null, null);
    try (ServiceFixture own = ServiceFixture.start(settings)) {
      BROWSER.open(own.url() + "/");
      await("document.querySelectorAll('#scenes button').length === 8");
      BROWSER.find("#file").sendKeys(photo.toString());
      awaitRegions();
      assertThat(drawn("#pictures-asked img")).isEqualTo(stored);
      ask(QUESTION);
      assertThat(drawn("#pictures img")).isEqualTo(stored);
    }
  }

  /** Returns the size of the place of a picture, whose shape must be that of what is drawn. */
  private static Object drawn(String image) {
    String find = "const i = document.querySelector('%s'); ".formatted(image);
    await("document.querySelector('" + image + "').complete");
    assertThat(
            BROWSER.run(
                find
                    + "return Math.abs(i.clientWidth / i.clientHeight"
                    + " * i.getAttribute('height') / i.getAttribute('width') - 1) < 0.02;"))
        .as("%s has the shape of its place", image)
        .isEqualTo(true);
    return BROWSER.run(find + "return ['width', 'height'].map((n) => Number(i.getAttribute(n)));");
  }

  @Test
  void theModelsTaskDecidesWhatIsAsked() {
    scene(0);
    BROWSER.find("#model option[value=nlvr2]").click();
    awaitRegions();
    assertThat(BROWSER.each("#fields label", "textContent")).containsExactly("Statement");
    assertThat(BROWSER.find("#submit").isEnabled()).as("one picture of two").isFalse();
    scene(5);
    ask("one has a heart.");
    assertThat(BROWSER.all("#pictures figure")).hasSize(2);
    assertThat(BROWSER.each("#answers td:first-child", "textContent"))
        .containsExactlyInAnyOrder("True", "False");
    BROWSER.find("#model option[value=multiple-choice]").click();
    awaitRegions();
    assertThat(BROWSER.each("#fields label", "textContent"))
        .containsExactly("Question", "Choices, one a line");
    BROWSER.all("#examples button").getFirst().click();
    awaitAnswer();
    assertThat(BROWSER.find("#answer").getText()).startsWith("a ");
    assertThat(BROWSER.all("#answers tr")).hasSize(4);
    BROWSER.find("#model option[value=pretraining]").click();
    awaitRegions();
    BROWSER.all("#examples button").getFirst().click();
    awaitAnswer();
    assertThat(BROWSER.each(".word", "textContent")).contains("[MASK]");
    assertThat(BROWSER.errors()).isEmpty();
  }

  @Test
  void keysAloneAskAndLook() {
    BROWSER.press(Keys.TAB);
    assertThat(PageAudit.focusIsVisible(BROWSER)).isTrue();
    BROWSER.press(Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.ENTER);
    awaitRegions();
    BROWSER.press(Keys.TAB, Keys.TAB, Keys.TAB, "what shape is orange?", Keys.ENTER);
    awaitAnswer();
    assertThat(BROWSER.focused().getAttribute("id")).isEqualTo("field-question");
    for (int i = 0; i < 8; i++) { // to the words, past heads and picture
      BROWSER.pressBackTab();
    }
    assertThat(BROWSER.focused().getAttribute("class")).contains("word");
    assertThat(PageAudit.focusIsVisible(BROWSER)).isTrue();
    BROWSER.press(Keys.ARROW_RIGHT, Keys.ENTER);
    assertThat(BROWSER.find("#sentence").getText()).startsWith("\u201cwhat\u201d ");
    BROWSER.press(Keys.ESCAPE);
    assertThat(BROWSER.find("#sentence").getText()).startsWith("The average word ");
  }

  @Test
  void itLooksRightOnAPhoneAndADeskByDayAndNight() {
    SoftAssertions all = new SoftAssertions();
    audit(all, "empty");
    scene(3);
    audit(all, "regions");
    ask("what is orange?");
    audit(all, "answer");
    BROWSER.find("#model option[value=nlvr2]").click();
    awaitRegions();
    scene(4);
    audit(all, "two pictures");
    BROWSER.all("#examples button").getFirst().click();
    awaitAnswer();
    audit(all, "two pictures, answer");
    all.assertThat(BROWSER.errors()).isEmpty();
    all.assertAll();
  }

  private static void audit(SoftAssertions all, String what) {
    for (int width : new int[] {390, 1400}) {
      for (boolean dark : new boolean[] {false, true}) {
        BROWSER.resize(width, 900);
        BROWSER.dark(dark);
        all.assertThat(PageAudit.of(BROWSER))
            .as("%s at %d, %s", what, width, dark ? "dark" : "light")
            .isEmpty();
      }
    }
  }

  @Test
  void aTokenIsAskedForOnceAndKeptInTheTab() {
    BROWSER.run("sessionStorage.clear();");
    BROWSER.open(service.url() + "/");
    await("!document.getElementById('token-form').hidden");
    assertThat(BROWSER.find("#problem").isDisplayed()).as("nothing is wrong yet").isFalse();
    assertThat(BROWSER.find("#main").isDisplayed()).isFalse();
    BROWSER.find("#token").sendKeys("wrong" + Keys.ENTER);
    await("!document.getElementById('problem').hidden");
    assertThat(BROWSER.find("#problem").getText())
        .startsWith("Unauthorized\nexpected a valid token");
    BROWSER.find("#token").sendKeys(TOKEN + Keys.ENTER);
    await("!document.getElementById('main').hidden");
    assertThat(BROWSER.find("#problem").isDisplayed()).isFalse();
    assertThat(BROWSER.run("return localStorage.length + document.cookie;")).isEqualTo("0");
    BROWSER.open(service.url() + "/");
    await("!document.getElementById('main').hidden");
  }

  @Test
  void thePageNeedsNoTokenAndAllowsNothingFromElsewhere() {
    HttpResponse<String> page = service.get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValue(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
                + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
                + " 'none'");
    assertThat(page.body()).doesNotContain("<style", "style=", "onclick", "{{");
    HttpResponse<String> script = service.get("/assets/view.js");
    assertThat(script.headers().firstValue("Content-Type"))
        .hasValue("text/javascript; charset=utf-8");
    String tag = script.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again = service.get("/assets/view.js", "If-None-Match", tag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(service.get("/assets/pictures/scene-1.png").statusCode()).isEqualTo(200);
    assertThat(service.get("/assets/page.json").statusCode()).isEqualTo(401);
    assertThat(service.get("/assets/nothing.js").body()).contains("path_unknown");
  }
}
