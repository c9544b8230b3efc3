/** The forward pass with the arguments, defaults and outputs of transformers, on padded batches. */
package io.github.visualbert.forward;
