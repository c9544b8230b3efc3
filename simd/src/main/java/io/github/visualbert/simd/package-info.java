/**
 * The kernels of a forward pass on the Vector API.
 *
 * <p>{@link io.github.visualbert.simd.VectorKernelProvider} decides whether they can run. No class
 * that uses the Vector API is loaded before.
 */
package io.github.visualbert.simd;
