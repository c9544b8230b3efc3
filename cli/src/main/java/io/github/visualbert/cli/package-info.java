/** The {@code visualbert} program: its entry point, its commands and its error handling. */
package io.github.visualbert.cli;
