package io.github.visualbert.cli.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.file.TextFiles;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings of the hub, from the environment variables that Hugging Face's own tools read.
 *
 * <table>
 * <caption>Variables, the first of a row that is set</caption>
 * <tr><td>address</td><td>{@code HF_ENDPOINT}</td></tr>
 * <tr><td>cache</td><td>{@code HF_HUB_CACHE}, {@code HUGGINGFACE_HUB_CACHE}, {@code HF_HOME},
 *     {@code XDG_CACHE_HOME}</td></tr>
 * <tr><td>token</td><td>{@code HF_TOKEN}, {@code HUGGING_FACE_HUB_TOKEN}, the file {@code
 *     HF_TOKEN_PATH} or {@code token} in {@code HF_HOME}; none of them with {@code
 *     HF_HUB_DISABLE_IMPLICIT_TOKEN}</td></tr>
 * <tr><td>no network</td><td>{@code HF_HUB_OFFLINE}, {@code TRANSFORMERS_OFFLINE}</td></tr>
 * <tr><td>no symbolic links</td><td>{@code HF_HUB_DISABLE_SYMLINKS}</td></tr>
 * </table>
 *
 * <p>An empty variable counts as not set.
 *
 * @param variables the environment
 * @param home the user's folder
 */
public record HubEnvironment(Map<String, String> variables, Path home) {
  private static final String ENDPOINT = "https://huggingface.co";
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

  public HubEnvironment {
    variables = Map.copyOf(variables);
  }

  /** Returns the environment of this process. */
  public static HubEnvironment ofProcess() {
    return new HubEnvironment(System.getenv(), home(System.getenv()));
  }

  /** HOME counts before the password file, as it does for a shell and for Python. */
  static Path home(Map<String, String> variables) {
    String home = variables.getOrDefault("HOME", "");
    return Path.of(home.isBlank() ? System.getProperty("user.home") : home);
  }

  /** Returns the proxies to go through. */
  EnvironmentProxies proxies() {
    return new EnvironmentProxies(variables);
  }

  /**
   * Returns the address of the hub, without a slash at its end.
   *
   * @throws IllegalArgumentException when {@code HF_ENDPOINT} is not an HTTP address
   */
  public URI endpoint() {
    String text = first("HF_ENDPOINT").orElse(ENDPOINT);
    try {
      URI uri = new URI(text.replaceFirst("/+$", ""));
      if (HttpOrigin.isWeb(uri) && uri.getRawQuery() == null && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Refused below.
    }
    throw new IllegalArgumentException(
        "HF_ENDPOINT is '%s', expected an address like %s".formatted(text, ENDPOINT));
  }

  /** Returns the folder that holds all models. */
  public Path cache() {
    return first("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")
        .map(this::path)
        .orElseGet(() -> hubHome().resolve("hub"));
  }

  /**
   * Returns the access token.
   *
   * @throws IllegalArgumentException when it has characters other than those of tokens
   * @throws ModelException when its file exists and cannot be read
   */
  public Optional<String> token() {
    if (isSet("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
      return Optional.empty();
    }
    Optional<String> token =
        first("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
            .or(() -> fileContent(tokenFile()))
            .map(String::strip)
            .filter(text -> !text.isEmpty());
    if (token.isPresent() && !TOKEN.matcher(token.get()).matches()) {
      throw new IllegalArgumentException(
          "the token in HF_TOKEN or %s is not a single word of ASCII".formatted(tokenFile()));
    }
    return token;
  }

  /** Returns whether network access is forbidden. */
  public boolean offline() {
    return isSet("HF_HUB_OFFLINE") || isSet("TRANSFORMERS_OFFLINE");
  }

  /** Returns whether the cache may hold symbolic links. */
  public boolean symbolicLinks() {
    return !isSet("HF_HUB_DISABLE_SYMLINKS");
  }

  private Path hubHome() {
    return first("HF_HOME")
        .map(this::path)
        .orElseGet(
            () ->
                first("XDG_CACHE_HOME")
                    .map(this::path)
                    .orElse(home.resolve(".cache"))
                    .resolve("huggingface"));
  }

  private Path tokenFile() {
    return first("HF_TOKEN_PATH").map(this::path).orElseGet(() -> hubHome().resolve("token"));
  }

  private static Optional<String> fileContent(Path file) {
    try {
      byte[] text = TextFiles.contentOfModel(file, "the hub's token", Files.readAllBytes(file));
      return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ModelException(
          Kind.UNREADABLE, "%s: the token of the hub cannot be read (%s)".formatted(file, e), e);
    }
  }

  /**
   * Returns a path, with a leading tilde expanded: variables may come from files that no shell
   * reads.
   */
  private Path path(String text) {
    return text.equals("~") || text.startsWith("~/")
        ? home.resolve(text.substring(Math.min(2, text.length())))
        : Path.of(text);
  }

  private Optional<String> first(String... names) {
    for (String name : names) {
      String value = variables.getOrDefault(name, "").strip();
      if (!value.isEmpty()) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  private boolean isSet(String name) {
    return first(name).map(value -> TRUE.contains(value.toUpperCase(Locale.ROOT))).orElse(false);
  }
}
