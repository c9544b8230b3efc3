/**
 * Views on memory with a shape: tensors as files hold them, matrices as kernels read them, and
 * scratch memory.
 */
package io.github.visualbert.tensor;
