/** What the service counts, in the text form of Prometheus. */
package io.github.visualbert.cli.serve.metrics;
