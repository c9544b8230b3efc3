package io.github.visualbert.cli.hub;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.internal.json.Json;
import io.github.visualbert.internal.json.JsonArray;
import io.github.visualbert.internal.json.JsonException;
import io.github.visualbert.internal.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.SortedSet;
import java.util.TreeSet;

/** The hub's HTTP interface: the files of a model, their lengths and hashes. */
final class Hub {
  private static final String LINKED_ETAG = "X-Linked-Etag";

  /** Enough for a hundred thousand files; a model has ten. */
  private static final int LONGEST_LISTING = 16 << 20;

  private final URI endpoint;
  private final HubClient client;
  private final Patience patience;
  private final Progress progress;

  /**
   * The files of a revision.
   *
   * @param commit 40 hexadecimal digits
   */
  record Listing(String commit, SortedSet<RepoPath> files) {}

  /** A request that may fail transiently. */
  private interface Request<T> {
    T send() throws TransientFailure;
  }

  Hub(URI endpoint, HubClient client, Patience patience, Progress progress) {
    this.endpoint = endpoint;
    this.client = client;
    this.patience = patience;
    this.progress = progress;
  }

  /**
   * Asks which files a revision has.
   *
   * @throws ModelException when the hub refuses, answers otherwise than it should or cannot be
   *     reached
   */
  Listing list(HubName name) {
    URI uri =
        URI.create(
            "%s/api/models/%s/revision/%s"
                .formatted(endpoint, name.repository(), encode(name.revision())));
    byte[] body = patiently(() -> content(uri));
    try {
      JsonObject json = Json.parseObject(body);
      String commit = json.getString("sha");
      if (!HubName.isCommit(commit)) {
        throw json.expected("sha", "a commit of 40 hexadecimal digits");
      }
      SortedSet<RepoPath> files = new TreeSet<>();
      JsonArray siblings = json.getArray("siblings");
      for (int i = 0; i < siblings.size(); i++) {
        files.add(new RepoPath(siblings.getObject(i).getString("rfilename")));
      }
      return new Listing(commit, files);
    } catch (JsonException e) {
      throw new ModelException(
          Kind.MALFORMED,
          "%s: %s; is this the address of a hub?".formatted(uri, e.getMessage()),
          e);
    }
  }

  /**
   * Asks for the length and the hash of a file.
   *
   * @throws ModelException when the hub refuses, does not say, or cannot be reached
   */
  RemoteFile describe(HubName name, String commit, RepoPath path) {
    StringBuilder address =
        new StringBuilder("%s/%s/resolve/%s".formatted(endpoint, name.repository(), commit));
    for (String segment : path.text().split("/")) {
      address.append('/').append(encode(segment));
    }
    URI uri = URI.create(address.toString());
    return patiently(
        () -> {
          try (var answer = client.head(uri, headers -> headers.map().containsKey(LINKED_ETAG))) {
            return described(path, uri, answer);
          }
        });
  }

  /**
   * Reads length and hash from the headers. A large file lies on another server, and the hub
   * redirects to it with headers of other names.
   */
  private static RemoteFile described(RepoPath path, URI uri, HubClient.Answer answer) {
    boolean linked = answer.header(LINKED_ETAG).isPresent();
    String etag = answer.header(linked ? LINKED_ETAG : "ETag").orElse("");
    String length = answer.header(linked ? "X-Linked-Size" : "Content-Length").orElse("");
    ContentHash hash =
        ContentHash.ofEtag(etag)
            .orElseThrow(() -> nonsense(uri, "a hash of git or SHA-256 in the header ETag", etag));
    if (!length.matches("\\d{1,18}")) {
      throw nonsense(uri, "the length of the file in the headers", length);
    }
    return new RemoteFile(path, uri, hash, Long.parseLong(length));
  }

  private static ModelException nonsense(URI uri, String expected, String found) {
    return new ModelException(
        Kind.MALFORMED,
        "%s: expected %s, found %s"
            .formatted(uri, expected, found.isEmpty() ? "none" : Refusals.printable(found)));
  }

  private byte[] content(URI uri) throws TransientFailure {
    try (var answer = client.get(uri, 0)) {
      byte[] body = answer.body().readNBytes(LONGEST_LISTING + 1);
      if (body.length > LONGEST_LISTING) {
        throw new ModelException(
            Kind.MALFORMED,
            "%s: expected a list of files of at most %d bytes".formatted(uri, LONGEST_LISTING));
      }
      return body;
    } catch (IOException e) {
      throw new TransientFailure("%s: cut off (%s)".formatted(uri, e.getMessage()), e);
    }
  }

  private <T> T patiently(Request<T> request) {
    Patience.Attempts attempts = patience.attempts(progress);
    while (true) {
      try {
        return request.send();
      } catch (TransientFailure e) {
        attempts.failed(e);
      }
    }
  }

  private static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
