/** {@code visualbert convert}: checkpoints as safetensors and model folders. */
package io.github.visualbert.cli.convert;
