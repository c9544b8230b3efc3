/**
 * Tasks by name, with their requests, replies and JSON, for the command line, a service or a
 * cluster job.
 */
package io.github.visualbert.ask;
