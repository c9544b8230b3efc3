/** {@code visualbert pull}: a model of the hub, brought into its cache. */
package io.github.visualbert.cli.pull;
