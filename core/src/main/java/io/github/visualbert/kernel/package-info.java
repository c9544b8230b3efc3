/**
 * The kernel contract, its scalar implementation, and the choice of a provider; the matrices that
 * kernels read and write, and the workspace that holds them.
 *
 * <p>Every operation says in which order each number is accumulated. All providers keep that order
 * and use the same approximations, so an answer has the same bits with every provider, vector
 * width, batch and number of threads.
 */
package io.github.visualbert.kernel;
