/**
 * VisualBERT on the JVM: open a model, ask it, close it.
 *
 * <p>Begin with {@link io.github.visualbert.VisualBert}. The classes in {@link
 * io.github.visualbert.task} give answers; {@link io.github.visualbert.forward.Forward} is the
 * plain forward pass with the arguments of transformers.
 */
package io.github.visualbert;
