/** Tensors: typed, shaped views on memory, as files hold them and as programs are given them. */
package io.github.visualbert.tensor;
