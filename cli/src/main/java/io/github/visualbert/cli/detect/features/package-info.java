/** Files of region features, in every format that {@code visualbert run} reads. */
package io.github.visualbert.cli.detect.features;
