/** Small files, read and written. */
package io.github.visualbert.internal.file;
