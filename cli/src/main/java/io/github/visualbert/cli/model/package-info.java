/** How a command gets a model: where it lies, what computes, what it occupies. */
package io.github.visualbert.cli.model;
