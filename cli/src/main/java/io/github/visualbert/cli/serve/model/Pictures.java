package io.github.visualbert.cli.serve.model;

import io.github.visualbert.cli.serve.http.Code;
import io.github.visualbert.cli.serve.http.Problem;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.picture.Picture;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The pictures that were sent to be asked about again, and the regions of those that were seen.
 * Thread-safe.
 */
public final class Pictures {
  private final BoundedCache<String, SentPicture> originals;
  private final BoundedCache<Key, SeenPicture> regions;

  private record Key(String eyes, String picture) {}

  /**
   * Makes an empty store.
   *
   * @param limit the most bytes of regions, and of originals
   */
  public Pictures(long limit) {
    this.originals = new BoundedCache<>(limit, picture -> picture.file().length);
    this.regions = new BoundedCache<>(limit, SeenPicture::bytes);
  }

  /**
   * A picture that was kept.
   *
   * @param width in pixels
   * @param height in pixels
   */
  public record Kept(String id, int width, int height) {}

  /**
   * Keeps a picture.
   *
   * @throws Problem when it is none
   */
  public Kept keep(SentPicture picture) {
    Picture decoded = decode(picture);
    originals.put(picture.id(), picture);
    return new Kept(picture.id(), decoded.width(), decoded.height());
  }

  /** Returns a picture that was kept. */
  public Optional<Kept> find(String id) {
    return originals
        .get(id)
        .map(
            picture -> {
              Picture decoded = decode(picture);
              return new Kept(id, decoded.width(), decoded.height());
            });
  }

  /** Forgets a picture and its regions; returns whether there was one. */
  public boolean forget(String id) {
    boolean kept = originals.remove(id);
    return regions.removeIf(key -> key.picture().equals(id)) | kept;
  }

  /**
   * Returns what somebody sees in a picture, from the cache if it is there.
   *
   * @param eyes who sees
   * @throws Problem when the picture is invalid, or its id is not known
   */
  SeenPicture seen(String eyes, SentPicture picture, Eyes see, Ticket ticket) {
    Key key = new Key(eyes, picture.id());
    Supplier<SeenPicture> compute = () -> see.look(original(picture), ticket);
    return regions.get(key, compute);
  }

  private SentPicture original(SentPicture picture) {
    if (picture.file() != null) {
      return picture;
    }
    return originals
        .get(picture.id())
        .orElseThrow(
            () ->
                Problem.of(
                    Code.PICTURE_UNKNOWN,
                    "%s is not here, or not any longer; send the picture itself"
                        .formatted(Problem.quote(picture.id()))));
  }

  /**
   * Returns the pixels of a picture, which may have been sent before.
   *
   * @throws Problem when the picture is invalid, or its id is not known
   */
  Picture decoded(SentPicture picture) {
    return decode(original(picture));
  }

  /**
   * Decodes a picture.
   *
   * @throws Problem when it is none
   */
  static Picture decode(SentPicture picture) {
    try {
      return Picture.decode(picture.file(), picture.place());
    } catch (InputException e) {
      throw unreadable(picture, e);
    }
  }

  /** Returns the problem of a picture that cannot be decoded. */
  private static Problem unreadable(SentPicture picture, InputException e) {
    Code code = e.kind() == Kind.TOO_LARGE ? Code.PICTURE_TOO_LARGE : Code.PICTURE_UNREADABLE;
    return Problem.ofField(code, "/" + picture.place(), e.getMessage());
  }

  public long bytes() {
    return regions.bytes() + originals.bytes();
  }

  public int entries() {
    return regions.entries() + originals.entries();
  }

  public long hits() {
    return regions.hits();
  }

  public long misses() {
    return regions.misses();
  }

  public long evictions() {
    return regions.evictions() + originals.evictions();
  }
}
