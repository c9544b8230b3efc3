/** Batch runs: answer the rows of a file, independently of its format. */
package io.github.visualbert.cli.batch;
