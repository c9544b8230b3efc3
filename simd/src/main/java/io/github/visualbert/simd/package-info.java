/**
 * The kernels of a forward pass on the Vector API.
 *
 * <p>{@link io.github.visualbert.simd.VectorKernelProvider} decides whether they can run; no other
 * class is touched before it has.
 */
package io.github.visualbert.simd;
