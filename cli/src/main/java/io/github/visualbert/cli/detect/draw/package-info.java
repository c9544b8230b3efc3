/** Detections drawn on their pictures. */
package io.github.visualbert.cli.detect.draw;
