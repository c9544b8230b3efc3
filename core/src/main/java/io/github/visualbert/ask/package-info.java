/**
 * A task asked by its name: request, reply and their JSON; what the command line, a service and a
 * cluster job share.
 */
package io.github.visualbert.ask;
