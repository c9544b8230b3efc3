/** Rows and replies as Apache Arrow. The only package that imports it. */
package io.github.visualbert.cli.batch.arrow;
