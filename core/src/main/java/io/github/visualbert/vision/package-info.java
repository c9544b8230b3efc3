/**
 * Region features, the pictures' side of a model's input: computed from a picture, or read from a
 * file that a detector left.
 *
 * <p>{@link io.github.visualbert.vision.VisualFeatures} is what every way ends in. Whatever bytes a
 * file holds, a reader of this package gives a valid object or throws an {@link
 * io.github.visualbert.error.InputException}, within the memory its documentation states; nothing
 * in a file is ever run.
 */
package io.github.visualbert.vision;
