/**
 * VisualBERT on the JVM: open a model, ask it, close it.
 *
 * <p>{@link io.github.visualbert.VisualBert} is where to begin. Answers come from the classes in
 * {@link io.github.visualbert.task}; who wants the plain forward pass with the arguments of
 * transformers finds it in {@link io.github.visualbert.forward.Forward}.
 */
package io.github.visualbert;
