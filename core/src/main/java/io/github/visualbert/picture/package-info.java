/**
 * Pixels: pictures as 8-bit RGB, read from PNG and JPEG.
 *
 * <p>Whatever bytes a file holds, {@link io.github.visualbert.picture.Picture} is valid or an
 * {@link io.github.visualbert.error.InputException} is thrown, within the memory its documentation
 * states.
 */
package io.github.visualbert.picture;
