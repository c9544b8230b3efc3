/** {@code visualbert explain}: what the model looked at, as a page, a drawing, or numbers. */
package io.github.visualbert.cli.explain;
