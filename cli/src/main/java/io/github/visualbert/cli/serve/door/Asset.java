package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.HttpReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A file of the page. Browsers keep it, and ask each time whether it is still the same.
 *
 * @param type its media type
 * @param tag its digest in quotes, as HTTP compares it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Asset(String name, String type, String tag, byte[] bytes) {
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "png", "image/png",
          "jpg", "image/jpeg");

  private static final int MAX_PICTURES = 24;
  private static final int MAX_PICTURE_BYTES = 1 << 20;

  static Asset of(String name, String text) {
    return of(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Asset of(String name, byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      String tag = '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
      return new Asset(name, TYPES.get(ending(name)), tag, bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Reads the pictures of a folder, as many as a page has room for. */
  static List<Asset> pictures(Path folder) {
    try (Stream<Path> found = Files.list(folder)) {
      return found
          .filter(file -> TYPES.getOrDefault(ending(file.toString()), "").startsWith("image/"))
          .filter(file -> file.toFile().length() <= MAX_PICTURE_BYTES)
          .sorted()
          .limit(MAX_PICTURES)
          .map(Asset::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Asset read(Path file) {
    try {
      return of(file.getFileName().toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the file, or that it has not changed since the browser got it. */
  HttpReply reply(Exchange exchange) {
    boolean known = exchange.header("If-None-Match").map(tags -> tags.contains(tag)).orElse(false);
    return new HttpReply(known ? 304 : 200, type, Map.of(), known ? new byte[0] : bytes)
        .with("Cache-Control", "no-cache")
        .with("ETag", tag);
  }
}
