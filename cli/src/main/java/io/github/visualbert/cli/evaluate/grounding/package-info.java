/**
 * How well attention heads ground words: hits of heads and of baselines, and their print and plot.
 */
package io.github.visualbert.cli.evaluate.grounding;
