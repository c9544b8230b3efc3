/**
 * Region features, the pictures' side of a model's input, and the files that detectors leave them
 * in.
 *
 * <p>{@link io.github.visualbert.vision.VisualFeatures} is what all of them end in. Whatever bytes
 * a file holds, a reader of this package gives a valid object or throws an {@link
 * io.github.visualbert.error.InputException}, within the memory its documentation states; nothing
 * in a file is ever executed.
 */
package io.github.visualbert.vision;
