/** What commands share: terminal output, exit codes, and options. */
package io.github.visualbert.cli.console;
