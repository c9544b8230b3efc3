package io.github.visualbert.cli.serve.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A picture of a request, named by its content.
 *
 * @param id {@code picture:} and the SHA-256 of the file in hexadecimal
 * @param file the bytes of a PNG or JPEG file, or null where only the id was sent
 * @param place what messages call the picture
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SentPicture(String id, byte[] file, String place) {
  /** What the identifiers of pictures begin with. */
  public static final String SCHEME = "picture:";

  private static final Pattern ID = Pattern.compile(SCHEME + "[0-9a-f]{64}");

  /** Makes a picture of its bytes. */
  public static SentPicture of(byte[] file, String place) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(file);
      return new SentPicture(SCHEME + HexFormat.of().formatHex(digest), file, place);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  /** Returns whether a text is the identifier of a picture. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }
}
