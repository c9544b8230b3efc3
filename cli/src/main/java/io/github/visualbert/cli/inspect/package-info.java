/** {@code visualbert inspect}: what a weight file or a model folder holds. */
package io.github.visualbert.cli.inspect;
