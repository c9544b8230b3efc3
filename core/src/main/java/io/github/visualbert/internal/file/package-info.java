/** Files as such: how they are read and written, and what they are by their first bytes. */
package io.github.visualbert.internal.file;
