/** Files that commands read and write. */
package io.github.visualbert.cli.file;
