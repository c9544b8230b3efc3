package io.github.visualbert.cli.serve.door;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Exchange;
import io.github.visualbert.cli.serve.http.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.util.Promise;

/**
 * A body of {@code multipart/form-data}, in memory.
 *
 * @param parts in their order
 */
record Multipart(List<Part> parts) {
  private static final int MAX_PARTS = 4;
  private static final int MAX_HEAD = 8 << 10;

  /**
   * A part.
   *
   * @param fileName the name of the file that was sent, or null for a plain field
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Part(String name, String fileName, byte[] bytes) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /**
   * Reads the body of a request.
   *
   * @throws Problem when it is not well-formed, or has too many parts
   */
  static Multipart read(Exchange exchange) {
    String boundary = MultiPart.extractBoundary(exchange.header("Content-Type").orElse(""));
    if (boundary == null) {
      throw malformed("the Content-Type has no boundary");
    }
    byte[] body = exchange.body();
    MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
    parser.setMaxParts(MAX_PARTS);
    parser.setPartHeadersMaxLength(MAX_HEAD);
    parser.setUseFilesForPartsWithoutFileName(false);
    parser.setMaxMemoryFileSize(-1);
    parser.setMaxLength(-1);
    parser.setMaxFileSize(-1);
    CompletableFuture<MultiPartFormData.Parts> parsed = new CompletableFuture<>();
    parser.parse(
        new ByteBufferContentSource(ByteBuffer.wrap(body)), Promise.Invocable.toPromise(parsed));
    try (MultiPartFormData.Parts parts = parsed.join()) {
      List<Part> read = new ArrayList<>();
      for (MultiPart.Part part : parts) {
        read.add(new Part(part.getName(), part.getFileName(), bytes(part)));
      }
      return new Multipart(read);
    } catch (CompletionException e) {
      throw malformed(String.valueOf(e.getCause().getMessage()));
    }
  }

  private static byte[] bytes(MultiPart.Part part) {
    try {
      ByteBuffer bytes = Content.Source.asByteBuffer(part.createContentSource());
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return copy;
    } catch (IOException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Problem malformed(String detail) {
    return Problem.of(
        Code.REQUEST_MALFORMED,
        "multipart/form-data: %s (at most %d parts)".formatted(detail, MAX_PARTS));
  }

  /** Returns all parts of a name. */
  List<Part> all(String name) {
    return parts.stream().filter(part -> name.equals(part.name())).toList();
  }
}
