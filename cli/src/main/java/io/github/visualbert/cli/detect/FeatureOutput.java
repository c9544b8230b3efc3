package io.github.visualbert.cli.detect;

import io.github.visualbert.detect.Detection;

/** Where the features of pictures go. Not thread-safe. */
interface FeatureOutput extends AutoCloseable {
  /** Returns whether an earlier run has written a picture's features. */
  boolean holds(PictureFile picture);

  /** Adds the detection of a picture. */
  void add(PictureFile picture, Detection detection);

  /** Completes the output, once all pictures are added. */
  void finish();

  /** Removes what is left of an unfinished output that cannot be resumed. */
  @Override
  void close();
}
