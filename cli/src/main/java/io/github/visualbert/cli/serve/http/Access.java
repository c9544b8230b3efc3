package io.github.visualbert.cli.serve.http;

import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Who may come in: holders of a token, and browsers only from a page of this service. Thread-safe.
 */
public final class Access {
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{16,512}");

  /** A Host that names this machine, or an IP address. */
  private static final Pattern LOCAL =
      Pattern.compile(
          "(localhost|.*\\.localhost|\\[.*\\]|[0-9.]+)(:[0-9]*)?", Pattern.CASE_INSENSITIVE);

  private final Path tokenFile; // null for none
  private final boolean checksHost;
  private volatile List<byte[]> digests = List.of();

  /**
   * Makes the check.
   *
   * @param tokenFile a token a line, or null
   * @param address where the service listens
   * @throws InputException when the file is invalid
   */
  public Access(Path tokenFile, InetAddress address) {
    this.tokenFile = tokenFile;
    this.checksHost = tokenFile == null && address.isLoopbackAddress();
    reload();
  }

  /**
   * Reads the tokens again.
   *
   * @throws InputException when the file is invalid; then the old tokens stay
   */
  public void reload() {
    if (tokenFile == null) {
      return;
    }
    List<byte[]> read = new ArrayList<>();
    int number = 0;
    try {
      for (String line : Files.readAllLines(tokenFile, StandardCharsets.UTF_8)) {
        number++;
        String token = line.strip();
        if (token.isEmpty() || token.startsWith("#")) {
          continue;
        }
        if (!TOKEN.matcher(token).matches()) {
          throw new InputException(
              Kind.MALFORMED,
              "%s: line %d: expected a token of 16 to 512 visible ASCII characters"
                  .formatted(tokenFile, number));
        }
        read.add(digest(token));
      }
    } catch (IOException e) {
      throw new InputException(
          Kind.UNREADABLE, "%s: cannot be read as UTF-8 text".formatted(tokenFile), e);
    }
    if (read.isEmpty()) {
      throw new InputException(
          Kind.MALFORMED, "%s: expected at least one token".formatted(tokenFile));
    }
    digests = List.copyOf(read);
  }

  /**
   * Checks where a browser comes from.
   *
   * @throws Problem when the page is of another origin, or the host is not this one
   */
  void checkOrigin(Exchange exchange) {
    String host = exchange.header("Host").orElse("");
    if (checksHost && !LOCAL.matcher(host).matches()) {
      throw Problem.of(
          Code.HOST_REFUSED,
          "the Host is %s; without tokens it must be localhost or an IP address"
              .formatted(Problem.quote(host)));
    }
    boolean changes = exchange.method().equals("POST") || exchange.method().equals("DELETE");
    String origin = exchange.header("Origin").orElse(null);
    if (changes && origin != null && !authority(origin).equalsIgnoreCase(host)) {
      throw Problem.of(
          Code.ORIGIN_REFUSED,
          "the Origin is %s, which is not %s"
              .formatted(Problem.quote(origin), Problem.quote(host)));
    }
  }

  private static String authority(String origin) {
    int scheme = origin.indexOf("://");
    return scheme < 0 ? "" : origin.substring(scheme + 3);
  }

  /**
   * Checks the token of a request, if there are any: in constant time, all of them.
   *
   * @throws Problem when it is missing or wrong
   */
  void checkToken(Exchange exchange) {
    if (tokenFile == null) {
      return;
    }
    byte[] given = digest(token(exchange));
    boolean found = false;
    for (byte[] digest : digests) {
      found |= MessageDigest.isEqual(digest, given);
    }
    if (!found) {
      throw Problem.of(
          Code.UNAUTHORIZED, "expected a valid token: Authorization: Bearer TOKEN, or X-Api-Key");
    }
  }

  private static String token(Exchange exchange) {
    String authorization = exchange.header("Authorization").orElse("");
    return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
        ? authorization.substring(7).strip()
        : exchange.header("X-Api-Key").orElse("");
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }
}
