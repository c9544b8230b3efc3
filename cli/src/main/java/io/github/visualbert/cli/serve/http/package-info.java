/**
 * The edge of the service: connections, limits, who may come in, and errors in each door's shape.
 */
package io.github.visualbert.cli.serve.http;
