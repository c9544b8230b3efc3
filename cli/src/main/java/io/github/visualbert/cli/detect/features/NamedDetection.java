package io.github.visualbert.cli.detect.features;

import io.github.visualbert.detect.Detection;
import java.util.function.Supplier;

/**
 * What a file holds of one picture.
 *
 * @param name addresses the picture among others of the file
 * @param detection reads it; asked more than once, so that a file of many pictures is written
 *     without holding all of them
 */
public record NamedDetection(String name, Supplier<Detection> detection) {}
