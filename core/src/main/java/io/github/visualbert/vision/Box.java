package io.github.visualbert.vision;

/**
 * Where a region lies in its picture, as fractions of the picture's width and height: 0 is left and
 * top, 1 right and bottom.
 *
 * <p>Detectors may put an edge slightly outside the picture; no order or range is enforced.
 */
public record Box(float left, float top, float right, float bottom) {}
