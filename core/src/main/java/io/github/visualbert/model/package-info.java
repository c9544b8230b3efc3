/**
 * The forward pass: embeddings, encoder, pooler and one class per head, in the order data flows.
 *
 * <p>Everything is row-independent, and every operation is one call to {@link
 * io.github.visualbert.kernel.Kernels}. Each class names the transformers class it reproduces
 * (v5.17.0, {@code src/transformers/models/visual_bert/modeling_visual_bert.py}).
 */
package io.github.visualbert.model;
