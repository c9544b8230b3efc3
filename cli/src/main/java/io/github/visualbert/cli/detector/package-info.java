/** Folders of object detectors, as published or converted. */
package io.github.visualbert.cli.detector;
