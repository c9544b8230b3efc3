/** Writes the sources of the microkernels; nothing here is part of the library. */
package io.github.visualbert.simd.generate;
