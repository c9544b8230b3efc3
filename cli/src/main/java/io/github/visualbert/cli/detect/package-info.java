/** {@code visualbert detect}: pictures in, regions and their features out. */
package io.github.visualbert.cli.detect;
