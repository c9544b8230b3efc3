/**
 * The papers' metrics: one class for each metric and one for each file format, none of which knows
 * the command line.
 */
package io.github.visualbert.cli.evaluate;
