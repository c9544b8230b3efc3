/** Answers to the rows of a file, whatever its format. */
package io.github.visualbert.cli.batch;
