/** {@code visualbert doctor}: what decides how fast the program is here. */
package io.github.visualbert.cli.doctor;
