package io.github.visualbert.cli.serve.model;

import io.github.visualbert.cli.serve.metrics.Metrics;
import io.github.visualbert.detect.Detection;
import io.github.visualbert.detect.RegionDetector;
import io.github.visualbert.error.InputException;
import io.github.visualbert.error.VisualBertException.Kind;
import io.github.visualbert.picture.Picture;

/**
 * A detector that is held open. It looks at one picture at a time, on all its threads; others wait
 * in the order in which they came. Thread-safe.
 */
public final class ServedDetector implements Eyes, AutoCloseable {
  private static final int WARM_UP_SIDE = 64;

  private final String name;
  private final RegionDetector detector;
  private final String key; // what decides the regions that it sees
  private final Metrics metrics;
  private final Turn turn = new Turn();

  ServedDetector(String name, String key, RegionDetector detector, Metrics metrics) {
    this.name = name;
    this.detector = detector;
    this.key = key;
    this.metrics = metrics;
  }

  /** Returns the name of the detector, that of its folder. */
  public String name() {
    return name;
  }

  public RegionDetector detector() {
    return detector;
  }

  /**
   * Returns what the detector sees in a picture, from the cache if it is there.
   *
   * @throws io.github.visualbert.cli.serve.http.Problem when the picture is invalid, or the request
   *     has waited too long
   */
  SeenPicture see(SentPicture picture, Pictures pictures, Ticket ticket) {
    return pictures.seen("detector " + key, picture, this, ticket);
  }

  @Override
  public SeenPicture look(SentPicture picture, Ticket ticket) {
    Picture decoded = Pictures.decode(picture);
    turn.begin(ticket);
    long begin = System.nanoTime();
    boolean done = false;
    try {
      Detection detection = detector.detect(decoded);
      done = true;
      boolean asStored = decoded.orientation() != 1 && detector.kind().orient(decoded) == decoded;
      return SeenPicture.of(picture.id(), detection, asStored);
    } finally {
      turn.end();
      long nanos = System.nanoTime() - begin;
      ticket.worked(nanos);
      metrics.detection(name, done, nanos);
    }
  }

  /** Looks at a small picture, so that the first request does not wait for compilers. */
  void warmUp() {
    byte[] rgb = new byte[3 * WARM_UP_SIDE * WARM_UP_SIDE];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 31 ^ i >> 5);
    }
    try {
      detector.detect(new Picture("warm-up", WARM_UP_SIDE, WARM_UP_SIDE, rgb));
    } catch (InputException e) {
      if (e.kind() != Kind.EMPTY) { // there is nothing to see in it
        throw e;
      }
    }
  }

  @Override
  public void close() {
    detector.close();
  }
}
