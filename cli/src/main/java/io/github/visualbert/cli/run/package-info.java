/** {@code visualbert run}: pictures and texts in, answers out. */
package io.github.visualbert.cli.run;
