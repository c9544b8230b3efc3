/** {@code visualbert pull}: fetches a model from the hub into the cache. */
package io.github.visualbert.cli.pull;
