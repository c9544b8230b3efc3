/**
 * Weight files: safetensors, files of torch.save, shards of either, and a VisualBERT checkpoint in
 * any of them.
 *
 * <p>Files are mapped, not read: opening costs the header, and a tensor is a view on the mapping.
 * Everything a file says is checked before it is believed; a file that is damaged or hostile ends
 * in a {@link io.github.visualbert.error.ModelException} and in nothing else.
 */
package io.github.visualbert.weights;
