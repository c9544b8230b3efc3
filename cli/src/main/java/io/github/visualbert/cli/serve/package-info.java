/** {@code visualbert serve}: models held warm behind HTTP. */
package io.github.visualbert.cli.serve;
