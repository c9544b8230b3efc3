package io.github.visualbert.cli.hub;

import io.github.visualbert.error.ModelException;
import io.github.visualbert.error.VisualBertException.Kind;
import java.time.Duration;

/**
 * When to retry a request to the hub, and when to give up.
 *
 * @param silence time without a byte after which a connection counts as dead
 * @param failures in a row after which to give up
 * @param pause sleeps
 */
record Patience(Duration silence, int failures, Pause pause) {
  static final Patience DEFAULT = new Patience(Duration.ofSeconds(30), 6, Thread::sleep);

  /** The longest wait. A hub that asks for more is left to the user to try again. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final int LONGEST_UNASKED_SECONDS = 16;

  /** Sleeps. */
  @FunctionalInterface
  interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  Attempts attempts(Progress progress) {
    return new Attempts(progress);
  }

  /** The attempts at one request or download. */
  final class Attempts {
    private final Progress progress;
    private int failed;

    private Attempts(Progress progress) {
      this.progress = progress;
    }

    /** Resets the count of failures after progress. */
    void gotOn() {
      failed = 0;
    }

    /**
     * Waits before the next attempt: as long as the hub asks, or with exponential backoff.
     *
     * @throws ModelException when the limit of failures or of the wait is reached
     */
    void failed(TransientFailure failure) {
      failed++;
      Duration wait =
          failure.asked() != null
              ? failure.asked()
              : Duration.ofSeconds(Math.min(1 << failed - 1, LONGEST_UNASKED_SECONDS));
      if (failed >= failures || wait.compareTo(LONGEST) > 0) {
        throw new ModelException(
            Kind.UNREADABLE,
            failure.getMessage()
                + (failed > 1 ? ", %d times in a row".formatted(failed) : "")
                + (wait.compareTo(LONGEST) > 0
                    ? "; try again in %d minutes".formatted(wait.toMinutes())
                    : "; try again later, what has arrived is kept"),
            failure);
      }
      progress.waiting("%s; again in %d s".formatted(failure.getMessage(), wait.toSeconds()));
      try {
        pause.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ModelException(Kind.UNREADABLE, "interrupted: " + failure.getMessage(), failure);
      }
    }
  }
}
