package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.internal.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A body of JSON and the blocks of binary tensors behind it, in the order of the tensors that have
 * one. For one thread.
 */
final class BinaryBody {
  /** The header that says how long the JSON is. */
  static final String HEADER = "Inference-Header-Content-Length";

  private final byte[] body;
  private final int jsonLength; // -1 where the header is missing
  private int at;

  private BinaryBody(byte[] body, int jsonLength) {
    this.body = body;
    this.jsonLength = jsonLength;
    this.at = jsonLength < 0 ? body.length : jsonLength;
  }

  /**
   * Reads the body of a request.
   *
   * @throws Problem when the length of its JSON is not within it
   */
  static BinaryBody read(Exchange exchange) {
    byte[] body = exchange.body();
    String given = exchange.header(HEADER).orElse(null);
    if (given == null) {
      return new BinaryBody(body, -1);
    }
    int length;
    try {
      length = Integer.parseUnsignedInt(given.strip());
    } catch (NumberFormatException e) {
      length = -1;
    }
    if (length < 0 || length > body.length) {
      throw Problem.of(
          Code.REQUEST_MALFORMED,
          "%s is %s, expected 1 to %d, the length of the body"
              .formatted(HEADER, Problem.quote(given), body.length));
    }
    return new BinaryBody(body, length);
  }

  /** Returns whether there is no JSON: the whole body is the picture. */
  boolean isRaw() {
    return jsonLength == 0;
  }

  byte[] bytes() {
    return body;
  }

  /**
   * Returns the JSON.
   *
   * @throws Problem when it is none
   */
  JsonObject json() {
    if (jsonLength >= 0) {
      return Exchange.parse(Arrays.copyOf(body, jsonLength));
    }
    try {
      return Exchange.parse(body);
    } catch (Problem e) {
      throw Problem.of(
          e.code(),
          "%s; bytes behind the JSON need the header %s".formatted(e.getMessage(), HEADER));
    }
  }

  /**
   * Takes the next block, which must hold one element of BYTES.
   *
   * @param size of the block
   * @param pointer of the tensor
   * @throws Problem when the block is not all there, or holds something else
   */
  byte[] takeElement(long size, String pointer) {
    if (size < Integer.BYTES || size > body.length - at) {
      throw InferenceDoor.wrong(
          pointer,
          "a binary_data_size of %d, expected at least 4 bytes of the %d behind the JSON%s"
              .formatted(
                  size, body.length - at, jsonLength < 0 ? ", which " + HEADER + " counts" : ""));
    }
    ByteBuffer block = ByteBuffer.wrap(body, at, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    long length = Integer.toUnsignedLong(block.getInt());
    if (length != size - Integer.BYTES) {
      throw InferenceDoor.wrong(
          pointer,
          "an element of %d bytes, expected %d, the rest of its block"
              .formatted(length, size - Integer.BYTES));
    }
    at += (int) size;
    return Arrays.copyOfRange(body, block.position(), at);
  }

  /**
   * Checks that all blocks were taken.
   *
   * @throws Problem when bytes are left
   */
  void requireEnd() {
    if (at < body.length) {
      throw Problem.of(
          Code.REQUEST_MALFORMED,
          "%d bytes are left behind the tensors; expected %s and binary_data_size to add up"
              .formatted(body.length - at, HEADER));
    }
  }
}
