/**
 * The forward pass: embeddings, encoder, pooler and one class per head, in the order data flows.
 *
 * <p>Everything is row-independent, and every operation is one call to {@link
 * io.github.visualbert.kernel.Kernels}. Each class names the class of transformers that it
 * reproduces, in {@code src/transformers/models/visual_bert/modeling_visual_bert.py}.
 */
package io.github.visualbert.model;
