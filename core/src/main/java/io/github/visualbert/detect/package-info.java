/** Object detectors: from the pixels of a picture to the features of its regions. */
package io.github.visualbert.detect;
