package io.github.visualbert.cli.browser;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium for the tests of one class, which share it: a static field with {@code
 * RegisterExtension}. Where there is none on the PATH the class is skipped, and the log says so.
 */
public final class Browser implements BeforeAllCallback, AfterAllCallback {
  private static final int PHONE = 600;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern REQUEST =
      Pattern.compile("\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]*)\"");

  // Selenium warns that it does not know the newest DevTools, which are not used here.
  private static final Logger LOGGER = Logger.getLogger("org.openqa.selenium.devtools");

  private ChromeDriver driver;

  @Override
  public void beforeAll(ExtensionContext context) {
    Optional<Path> browser = onPath("chromium", "chromium-browser", "google-chrome");
    Optional<Path> service = onPath("chromedriver");
    if (browser.isEmpty() || service.isEmpty()) {
      skip(context, "there is no chromium with its chromedriver on the PATH");
    }
    try {
      driver = start(browser.orElseThrow(), service.orElseThrow());
    } catch (WebDriverException e) {
      skip(context, browser.orElseThrow() + " does not start: " + e.getRawMessage());
    }
  }

  private static void skip(ExtensionContext context, String reason) {
    String line = context.getDisplayName() + " is skipped: " + reason;
    System.err.println(line); // the build shows no reasons of skipped classes
    Assumptions.abort(line);
  }

  private static Optional<Path> onPath(String... names) {
    return Stream.of(names)
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static ChromeDriver start(Path browser, Path service) {
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox", // a container's root has none, and only pages of our own are opened
        "--disable-dev-shm-usage",
        "--disable-gpu");
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService driver =
        new ChromeDriverService.Builder().usingDriverExecutable(service.toFile()).build();
    LOGGER.setLevel(Level.SEVERE);
    ChromeDriver started = new ChromeDriver(driver, options);
    started.manage().timeouts().pageLoadTimeout(PATIENCE).scriptTimeout(PATIENCE);
    return started;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (driver != null) {
      driver.quit();
    }
  }

  /** Opens a page of the file system, anew, and forgets what earlier pages logged. */
  public void open(Path page) {
    open(page.toUri().toString());
  }

  public void open(String address) {
    driver.get("about:blank");
    requests();
    errors();
    driver.get(address);
  }

  /** Sets how many pixels the page sees; narrow ones are a phone's, with touch. */
  public void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < PHONE));
    awaitLayout();
  }

  /** Sets whether the page is asked for its dark colours. */
  public void dark(boolean dark) {
    Map<String, String> scheme =
        Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
    Map<String, String> motion = Map.of("name", "prefers-reduced-motion", "value", "reduce");
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia", Map.of("features", List.of(scheme, motion)));
    awaitLayout();
  }

  /** Waits until what observes sizes has seen the new ones. */
  private void awaitLayout() {
    driver.executeAsyncScript(
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() =>"
            + " done()));");
  }

  public WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  public List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  /** Presses keys where the focus is. */
  public void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Presses Shift and Tab. */
  public void pressBackTab() {
    new Actions(driver).keyDown(Keys.SHIFT).sendKeys(Keys.TAB).keyUp(Keys.SHIFT).perform();
  }

  public WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /** Returns a property of each element, such as {@code textContent} or {@code ariaLabel}. */
  public List<String> each(String selector, String property) {
    String script =
        "return [...document.querySelectorAll(arguments[0])].map((e) => e[arguments[1]]);";
    return ((List<?>) run(script, selector, property)).stream().map(String::valueOf).toList();
  }

  /** Runs a script in the page and returns what it returns. */
  public Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Returns what was requested since the last call, in order; data within the page is not. */
  public List<String> requests() {
    List<String> addresses = new ArrayList<>();
    driver
        .manage()
        .logs()
        .get(LogType.PERFORMANCE)
        .forEach(
            entry -> {
              Matcher request = REQUEST.matcher(entry.getMessage());
              if (request.find() && !request.group(1).startsWith("data:")) {
                addresses.add(request.group(1));
              }
            });
    return addresses;
  }

  /** Returns what the console shows since the last call: errors, and what a policy refused. */
  public List<String> errors() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /** Writes the whole page as a PNG, also what lies below the window. */
  public void screenshot(Path file) {
    Map<String, Object> shot =
        driver.executeCdpCommand(
            "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    try {
      Files.write(file, Base64.getDecoder().decode((String) shot.get("data")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
