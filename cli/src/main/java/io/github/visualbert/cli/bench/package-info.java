/** {@code visualbert bench}: how fast a model is on this machine. */
package io.github.visualbert.cli.bench;
