/** Rows and replies as JSON lines. */
package io.github.visualbert.cli.batch.json;
