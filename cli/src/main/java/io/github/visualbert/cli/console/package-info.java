/** What a terminal shows and what a shell is told. */
package io.github.visualbert.cli.console;
