/** Tensors: views on memory with an element type and a shape. */
package io.github.visualbert.tensor;
