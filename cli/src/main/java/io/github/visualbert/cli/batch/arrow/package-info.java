/** Rows and replies as Apache Arrow. The only package that sees it. */
package io.github.visualbert.cli.batch.arrow;
