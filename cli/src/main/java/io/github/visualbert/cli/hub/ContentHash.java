package io.github.visualbert.cli.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The hash by which the hub identifies a content: SHA-256 for large files, the blob id of git for
 * all others. That is the SHA-1 of {@code "blob <length>\0"} and the content.
 *
 * @param hex 64 or 40 hexadecimal digits in lower case, fit for the name of a file
 */
record ContentHash(String hex) {
  private static final int SHA_256_DIGITS = 64;
  private static final Pattern HASH =
      Pattern.compile("[0-9a-f]{40}|[0-9a-f]{" + SHA_256_DIGITS + "}");
  private static final Pattern ETAG = Pattern.compile("(?:W/)?\"?([^\"]*)\"?");

  ContentHash {
    if (!HASH.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "expected 40 or 64 hexadecimal digits, found '%s'".formatted(hex));
    }
  }

  /** Reads the hash from a header {@code ETag}; empty when it holds something else. */
  static Optional<ContentHash> ofEtag(String etag) {
    var matcher = ETAG.matcher(etag);
    return matcher.matches() && HASH.matcher(matcher.group(1)).matches()
        ? Optional.of(new ContentHash(matcher.group(1)))
        : Optional.empty();
  }

  String algorithm() {
    return hex.length() == SHA_256_DIGITS ? "SHA-256" : "SHA-1";
  }

  /** Returns the hash of a file by the same algorithm. */
  ContentHash of(Path file) throws IOException {
    MessageDigest digest = digest();
    if (hex.length() != SHA_256_DIGITS) {
      String header = "blob " + Files.size(file) + "\0";
      digest.update(header.getBytes(StandardCharsets.ISO_8859_1));
    }
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n; (n = in.read(buffer)) >= 0; ) {
        digest.update(buffer, 0, n);
      }
    }
    return new ContentHash(HexFormat.of().formatHex(digest.digest()));
  }

  private MessageDigest digest() {
    try {
      return MessageDigest.getInstance(algorithm());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has both
    }
  }
}
