/** The {@code visualbert} program: one class per command, and what they share. */
package io.github.visualbert.cli;
