/**
 * Benchmarks of the kernels, run on demand: {@code docs/performance.md} has the commands and the
 * figures.
 */
package io.github.visualbert.simd.bench;
