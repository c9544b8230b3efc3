/** Pictures and texts within files that are drawn. */
package io.github.visualbert.cli.draw;
