/** {@code visualbert tokenize}: what a model reads of a text. */
package io.github.visualbert.cli.tokenize;
