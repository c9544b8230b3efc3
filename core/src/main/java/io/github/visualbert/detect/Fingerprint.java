package io.github.visualbert.detect;

import io.github.visualbert.tensor.Tensor;
import io.github.visualbert.weights.TensorInfo;
import io.github.visualbert.weights.TensorSource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a detector's configuration and of every number of its weights, as stored.
 *
 * <p>All numbers, since a date or a sample would take two detectors for one; some 0.2 s for a
 * full-size one, where the processor has instructions for it.
 */
final class Fingerprint {
  private static final int PIECE = 1 << 24;

  private final MessageDigest digest;

  private Fingerprint() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Returns 64 hexadecimal digits. */
  static String of(String settings, TensorSource source) {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.add(settings);
    for (String name : source.names()) {
      TensorInfo info = source.info(name);
      fingerprint.add(name + "\n" + info.dtype() + info.shape());
      if (info.supportedDType().isPresent()) {
        fingerprint.add(source.tensor(name));
      }
    }
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  /** A zero byte ends each text, so that two of them are not one. */
  private void add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private void add(Tensor tensor) {
    long size = tensor.data().byteSize();
    for (long at = 0; at < size; at += PIECE) {
      digest.update(tensor.data().asSlice(at, Math.min(PIECE, size - at)).asByteBuffer());
    }
  }
}
