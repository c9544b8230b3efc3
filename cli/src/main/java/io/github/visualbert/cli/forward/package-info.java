/** {@code visualbert forward}: the plain forward pass on files of tensors. */
package io.github.visualbert.cli.forward;
